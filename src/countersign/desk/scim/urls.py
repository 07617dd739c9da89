"""Addresses of the directory's door."""
from __future__ import annotations

from django.urls import path

from countersign.desk.scim import views

urlpatterns = [
    path("scim/v2/ServiceProviderConfig", views.config, name="scim-config"),
    path("scim/v2/ResourceTypes", views.resource_types, name="scim-resource-types"),
    path("scim/v2/ResourceTypes/<str:name>", views.resource_type, name="scim-resource-type"),
    path("scim/v2/Schemas", views.schemas, name="scim-schemas"),
    path("scim/v2/Schemas/<str:name>", views.schema, name="scim-schema"),
    path("scim/v2/Users", views.users, name="scim-users"),
    path("scim/v2/Users/.search", views.search_users, name="scim-search-users"),
    path("scim/v2/Users/<str:uid>", views.user, name="scim-user"),
    path("scim/v2/Groups", views.groups, name="scim-groups"),
    path("scim/v2/Groups/.search", views.search_groups, name="scim-search-groups"),
    path("scim/v2/Groups/<str:uid>", views.group, name="scim-group"),
    path("scim/v2/.search", views.search, name="scim-search"),
    path("scim/v2/<path:rest>", views.nothing, name="scim-nothing"),
]
