"""What people type to sign in and to enrol: only the shape is checked here, the actions decide."""
from __future__ import annotations

from django import forms
from django.contrib.auth.password_validation import validate_password
from django.utils.translation import gettext_lazy

from countersign.people.models import Person
from countersign.people.states import DeviceKind, Owner

CODE = {"autocomplete": "one-time-code", "autocapitalize": "off", "spellcheck": "false"}
PASSWORD = {"autocomplete": "new-password"}


class SecondFactorForm(forms.Form):
    """Six digits from an app, or a recovery code."""

    code = forms.CharField(
        label=gettext_lazy("Code from your app, or a recovery code"), max_length=40, widget=forms.TextInput(attrs=CODE)
    )


class TotpForm(forms.Form):
    """The first code of a new code generator; the ticket carries what the page showed."""

    code = forms.CharField(label=gettext_lazy("The six digits it shows"), max_length=12, widget=forms.TextInput(attrs=CODE))
    ticket = forms.CharField(max_length=400, widget=forms.HiddenInput)


class PasswordForm(forms.Form):
    """A new password."""

    password = forms.CharField(
        label=gettext_lazy("New password"), max_length=200, widget=forms.PasswordInput(attrs=PASSWORD), strip=False
    )

    def __init__(self, *args: object, person: Person, **kwargs: object) -> None:
        super().__init__(*args, **kwargs)  # type: ignore[arg-type]
        self.person = person

    def clean_password(self) -> str:
        """Refuse what is short, common, or like the person's name."""
        password: str = self.cleaned_data["password"]
        validate_password(password, self.person)
        return password


class DeviceForm(forms.Form):
    """What a person says of a device; whatever is left away is guessed from the browser."""

    device = forms.CharField(max_length=80, required=False)
    kind = forms.ChoiceField(choices=[(one.value, one.value) for one in DeviceKind], required=False)
    owner = forms.ChoiceField(choices=[(one.value, one.value) for one in Owner], required=False)


class EnrolForm(PasswordForm, DeviceForm):
    """Enrolling with a password and a code generator."""

    name = forms.CharField(max_length=120, required=False)
    email = forms.EmailField(required=False)
    code = forms.CharField(max_length=12)
    ticket = forms.CharField(max_length=400)


class NameForm(forms.Form):
    """What a person is called; the first officer gives an e-mail address too."""

    name = forms.CharField(max_length=120, required=False)
    email = forms.EmailField(required=False)
