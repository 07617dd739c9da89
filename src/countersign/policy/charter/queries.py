"""The charter in the reader's language."""
from __future__ import annotations

from django.conf import settings
from django.urls import reverse
from django.utils.translation import get_language

from countersign.policy.charter.models import Charter, Clause
from countersign.policy.charter.states import CharterState
from countersign.web import values


def in_force() -> Charter | None:
    """The adopted version, if there is one."""
    return Charter.objects.filter(state=CharterState.ADOPTED).order_by("-version").first()


def spoken(texts: dict[str, str], language: str = "") -> str:
    """A text in a language, or in English where it is not there."""
    code = (language or get_language() or "en")[:2]
    return texts.get(code) or texts.get("en", "")


def clauses() -> list[Clause]:
    """The clauses in force, in their order."""
    charter = in_force()
    return list(charter.clauses.select_related("charter").order_by("position")) if charter else []


def shown(clause: Clause, *, language: str = "", is_chosen: bool = False) -> values.Clause:
    """A clause as pages show it."""
    return values.Clause(
        clause.code, clause.code, spoken(clause.title, language), spoken(clause.words, language), is_chosen,
        clause.stays,
    )


def page(language: str) -> values.Charter | None:
    """`charter/charter.html`; None when nothing has been adopted."""
    charter = in_force()
    if charter is None:
        return None
    here = reverse("charter:charter")
    return values.Charter(
        settings.ORGANISATION, spoken(charter.title, language), spoken(charter.preamble, language),
        tuple(shown(clause, language=language) for clause in clauses()), str(charter.version), charter.adopted_at,
        languages=tuple(
            values.Tab(name, f"{here}{code}/", is_current=code == language) for code, name in settings.LANGUAGES
        ),
    )
