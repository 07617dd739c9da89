"""Voiding: what a locked person or device has signed and what is not out yet must be signed anew; what they wrote waits.

The lock itself keeps the broker from sending, from its commit on. What is done here lasts after the lock is lifted: a void
signature never counts again, because the broker's own file never sends what was recalled, and a draft gets a new number.
"""
from __future__ import annotations

from datetime import datetime

from django.db.models import Q

from countersign.access.grants import gate
from countersign.access.grants.rights import Right
from countersign.access.lockout import answering
from countersign.access.lockout.models import Case, Step
from countersign.access.lockout.states import StepKind
from countersign.audit.recording import recorded, refusals_recorded
from countersign.base.actor import DutyActor
from countersign.base.errors import Conflict
from countersign.base.words import _
from countersign.calls import client, messages
from countersign.content.posts.drafting import hold
from countersign.content.posts.models import Delivery, Post, Remark
from countersign.content.posts.states import DeliveryState, PostState
from countersign.people.models import Device, Lock
from countersign.people.states import LockKind
from countersign.review.models import Countersignature

LOCKED = _("A lock stands on whoever wrote it, or on the account.")
_WAITING = (DeliveryState.DUE, DeliveryState.HELD)


def void(actor: DutyActor, step: Step, *, at: datetime) -> None:
    """Do a case's step *pending signatures void* or *waiting releases held*, and tick it."""
    with refusals_recorded(actor, at=at, matter=step.case):
        gate.require(actor, Right.POST_RELEASE, on=None)
    do = _void_signatures if step.kind == StepKind.SIGNATURES else _hold_releases
    answering.finish(step.case, StepKind(step.kind), count=do(actor, step.case, at))


def _targets(case: Case, kind: LockKind) -> list[str]:
    return [str(lock.target) for lock in Lock.objects.filter(hold__case=case, kind=kind) if lock.target]


def _void_signatures(actor: DutyActor, case: Case, at: datetime) -> int:
    keys = Device.objects.filter(uid__in=_targets(case, LockKind.DEVICE), credential__isnull=False)
    theirs = Q(signer__uid__in=_targets(case, LockKind.PERSON))
    theirs |= Q(credential_id__in=list(keys.values_list("credential__credential_id", flat=True)))
    open_posts = Post.objects.filter(state__in=[PostState.SUBMITTED, PostState.APPROVED])
    matters = {post.matter: post for post in open_posts}
    signed = Countersignature.objects.filter(theirs, matter__startswith="post:", signed_at__lte=case.begun_at or at).order_by("pk")
    found = {row.matter: row for row in signed.select_related("signer").iterator() if row.matter in matters}
    return sum(_void_one(actor, matters[matter], signature, at) for matter, signature in found.items())


def _void_one(actor: DutyActor, post: Post, signature: Countersignature, at: datetime) -> bool:
    """Make a post a draft again; False when it is out, or on its way: the broker has seen the lock or was done before it."""
    waiting = list(post.deliveries.filter(revision__number=post.revision, state__in=_WAITING))
    if post.state == PostState.APPROVED and not waiting:
        return False
    gone = [delivery for delivery in waiting if is_recalled(delivery)]
    with recorded(actor, at=at, matter=post) as record:
        hold(post)
        if post.matter != signature.matter or post.state not in {PostState.SUBMITTED, PostState.APPROVED}:
            raise Conflict(_("The post moved on."))
        for delivery in gone:
            delivery.move(DeliveryState.RECALLED, at=at, why=_("A signature under it is void."))
            record("delivery.recalled", delivery, account=str(delivery.account.uid))
        others = post.deliveries.filter(revision__number=post.revision).exclude(state=DeliveryState.RECALLED)
        if not others.exists():
            post.move(PostState.DRAFT, at=at)
        Remark.objects.create(post=post, person=signature.signer, kind="voided", said_at=at)
        record("post.signature_voided", post, revision=post.revision)
    return True


def is_recalled(delivery: Delivery) -> bool:
    """Whether the broker will never send this; False when its sending had begun before the lock."""
    try:
        client.ask(messages.Recall(str(delivery.uid)))
    except Conflict:
        return False
    return True


def _hold_releases(actor: DutyActor, case: Case, at: datetime) -> int:
    """Hold what is about to go out: from or to what is locked. What is planned for later is looked at when its time comes."""
    rows = Delivery.objects.filter(state=DeliveryState.DUE).filter(Q(post__release_at=None) | Q(post__release_at__lte=at))
    kinds = set(Lock.objects.filter(hold__case=case).values_list("kind", flat=True))
    if LockKind.EVERYTHING not in kinds:
        networks = list(Lock.objects.filter(hold__case=case, kind=LockKind.NETWORK).values_list("network", flat=True))
        persons = _targets(case, LockKind.PERSON)
        rows = rows.filter(
            Q(account__uid__in=_targets(case, LockKind.ACCOUNT)) | Q(account__network__in=networks)
            | Q(post__author__uid__in=persons) | Q(post__edits__person__uid__in=persons)
        ).distinct()
    return sum(_hold(actor, delivery, at) for delivery in rows.select_related("account"))


def _hold(actor: DutyActor, delivery: Delivery, at: datetime) -> bool:
    try:
        with recorded(actor, at=at, matter=delivery, account=delivery.account) as record:
            delivery.move(DeliveryState.HELD, at=at, why=LOCKED)
            record("delivery.held", delivery, account=str(delivery.account.uid))
    except Conflict:  # it was claimed a moment ago; the broker refuses it
        return False
    return True
