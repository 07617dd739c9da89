"""What people type about evidence: only the shape is checked here, the actions decide."""
from __future__ import annotations

from django import forms
from django.http import QueryDict

from countersign.base.errors import Invalid
from countersign.base.words import _


class Typed(forms.Form):
    """Free words and a number of days; each form of the page uses those it shows."""

    words = forms.CharField(max_length=400, required=False)
    reason = forms.CharField(max_length=400, required=False)
    days = forms.CharField(max_length=4, required=False)


def typed(given: QueryDict) -> dict[str, str]:
    """What was typed, without blanks around it; Invalid for what is too long or no text."""
    form = Typed(given)
    if not form.is_valid():
        raise Invalid(_("That is too long, or no text."), field=next(iter(form.errors)))
    return {name: str(value) for name, value in form.cleaned_data.items()}
