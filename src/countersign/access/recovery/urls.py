"""Addresses of recovery."""
from __future__ import annotations

from django.urls import path

from countersign.access.recovery.views import accounts, events, mailboxes

app_name = "recovery"
urlpatterns = [
    path("", accounts.listed, name="list"),
    path("accounts/<uuid:uid>/", accounts.account, name="account"),
    path("accounts/<uuid:uid>/contacts/", accounts.add, name="add"),
    path("accounts/<uuid:uid>/decide/", accounts.decide, name="decide"),
    path("accounts/<uuid:uid>/announce/", accounts.announce, name="announce"),
    path("accounts/<uuid:uid>/compare/", accounts.compare, name="compare"),
    path("accounts/<uuid:uid>/drill/", accounts.drill_announce, name="drill-announce"),
    path("contacts/<uuid:uid>/end/", accounts.contact_end, name="contact-end"),
    path("contacts/<uuid:uid>/receivers/", accounts.receivers, name="receivers"),
    path("contacts/<uuid:uid>/second-factor/", accounts.second_factor, name="second-factor"),
    path("drills/<uuid:uid>/", accounts.drill, name="drill"),
    path("drills/<uuid:uid>/cancel/", accounts.drill_cancel, name="drill-cancel"),
    path("mailboxes/", mailboxes.listed, name="mailboxes"),
    path("mailboxes/<uuid:uid>/", mailboxes.mailbox, name="mailbox"),
    path("mailboxes/<uuid:uid>/again/", mailboxes.again, name="mailbox-again"),
    path("mailboxes/<uuid:uid>/end/", mailboxes.end, name="mailbox-end"),
    path("domains/", mailboxes.domains, name="domains"),
    path("domains/<uuid:uid>/until/", mailboxes.domain_until, name="domain-until"),
    path("domains/<uuid:uid>/look/", mailboxes.domain_look, name="domain-look"),
    path("domains/<uuid:uid>/end/", mailboxes.domain_end, name="domain-end"),
    path("events/", events.listed, name="events"),
    path("events/<uuid:uid>/", events.event, name="event"),
    path("events/<uuid:uid>/ours/", events.ours, name="event-ours"),
    path("events/<uuid:uid>/not-ours/", events.not_ours, name="event-not-ours"),
]
