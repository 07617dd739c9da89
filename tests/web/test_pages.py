"""What holds on every page: rendered with the gallery's brewery, read as text."""
from __future__ import annotations

import base64
import hashlib
import json
import re
import subprocess
import sys
from pathlib import Path

import pytest
from django.template.loader import get_template

ROOT = Path(__file__).resolve().parents[2]
SOURCE = ROOT / "src" / "countersign"
VENDOR = SOURCE / "web" / "static" / "vendor"
STYLES = SOURCE / "web" / "static" / "web" / "css"
ICONS = set(re.findall(r'<symbol id="([^"]+)"', (VENDOR / "icons.svg").read_text()))
TEMPLATES = sorted(path for path in SOURCE.rglob("*.html") if "practice" not in path.parts)


@pytest.fixture(scope="module")
def pages() -> dict[str, str]:
    sys.path.insert(0, str(ROOT / "tools"))
    import gallery_samples

    return gallery_samples.pages()


def test_every_sample_page_can_be_shown(pages: dict[str, str]) -> None:
    assert len(pages) >= 39
    assert all("<h1" in html for html in pages.values())


def test_no_page_holds_a_script_or_a_style_of_its_own(pages: dict[str, str]) -> None:
    for name, html in pages.items():
        scripts = re.findall(r"<script(?![^>]*\bsrc=)(?![^>]*application/json)", html)
        assert not scripts, name
        assert not re.search(r"<style|\sstyle=|\son[a-z]+=|javascript:", html), name


def test_every_form_that_changes_something_carries_its_token(pages: dict[str, str]) -> None:
    for name, html in pages.items():
        for form in re.findall(r'<form[^>]*method="post"[^>]*>.*?</form>', html, re.DOTALL):
            assert "csrfmiddlewaretoken" in form, (name, form[:120])


def test_no_two_things_of_a_page_share_an_id(pages: dict[str, str]) -> None:
    for name, html in pages.items():
        ids = re.findall(r'\sid="([^"]+)"', html)
        assert len(ids) == len(set(ids)), (name, sorted(each for each in ids if ids.count(each) > 1))


def test_every_icon_that_a_page_shows_is_in_the_sprite(pages: dict[str, str]) -> None:
    shown = {icon for html in pages.values() for icon in re.findall(r"icons\.svg#([a-z0-9-]+)", html)}
    written = {icon for path in TEMPLATES for icon in re.findall(r'{% icon "([a-z0-9-]+)"', path.read_text())}
    assert len(shown) > 40
    assert shown | written <= ICONS


def test_a_fault_is_told_without_request_or_database() -> None:
    assert "A fault in Countersign" in get_template("500.html").render()


@pytest.mark.parametrize("path", sorted(STYLES.glob("*.css")), ids=lambda path: path.name)
def test_a_style_sheet_keeps_to_layers_without_ids_or_force(path: Path) -> None:
    text = re.sub(r"/\*.*?\*/|url\([^)]*\)", "", path.read_text(), flags=re.DOTALL)
    selectors = re.findall(r"([^{};]+)\{", text)
    assert "!important" not in text
    assert not [one for one in selectors if re.search(r"(^|[\s>+~,])#[a-zA-Z]|\w#[a-zA-Z]", one)]
    assert "@layer" in text


def test_every_style_sheet_is_asked_for() -> None:
    asked = (SOURCE / "web" / "templates" / "web" / "styles.html").read_text()
    assert {path.name for path in STYLES.glob("*.css")} == set(re.findall(r"web/css/([a-z]+\.css)", asked))


def test_the_vendored_files_are_those_that_were_written_down() -> None:
    listing = json.loads((VENDOR / "VENDOR.json").read_text())
    assert {path.name for path in VENDOR.iterdir()} == set(listing) | {"VENDOR.json"}
    for name, entry in listing.items():
        digest = base64.b64encode(hashlib.sha384((VENDOR / name).read_bytes()).digest()).decode()
        assert entry["file_integrity"] == f"sha384-{digest}", name


@pytest.mark.browser
def test_axe_finds_nothing_and_nothing_is_wider_than_its_window() -> None:
    command = [sys.executable, str(ROOT / "tools" / "gallery.py"), "review", "compose", "comments", "403"]
    run = subprocess.run(command, capture_output=True, text=True, check=False, cwd=ROOT)
    assert run.returncode == 0, run.stdout + run.stderr
    assert "9 pages, 36 pictures, 0 faults" in run.stdout
