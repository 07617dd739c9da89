"""Pictures of every page, in both themes and at two widths, with axe's judgement on each.

    python tools/gallery.py            all pages
    python tools/gallery.py review     only pages whose name holds `review`

Each template is rendered with the brewery's people and posts (gallery_samples.py), served on loopback under the
product's own content security policy, and opened in Chromium. Pictures go to var/gallery. Exits with 1 when axe finds
anything, a page is wider than its window, or the browser's console complains.
"""
from __future__ import annotations

import hashlib
import http.server
import os
import sys
import threading
from pathlib import Path
from typing import Any

import django
from axe_playwright_python.sync_playwright import Axe
from django.conf import settings
from playwright.sync_api import Browser, sync_playwright

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT / "src"))
SOURCE = ROOT / "src" / "countersign"
OUT = ROOT / "var" / "gallery"
STATIC = SOURCE / "web" / "static"
SIZES = ((1280, 900), (390, 844))
POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data: blob:; font-src 'self'; "
    "connect-src 'self'; form-action 'self'; frame-ancestors 'none'; base-uri 'none'"
)
TEMPLATES = [
    SOURCE / "web" / "templates",
    *(SOURCE / part / "templates" for part in (
        "desk", "content/posts", "content/comments", "access/grants", "people", "policy/charter", "audit",
    )),
]  # fmt: skip


def set_up() -> None:
    """Django with templates and nothing else: no database, no middleware."""
    settings.configure(
        SECRET_KEY=hashlib.sha256(os.urandom(16)).hexdigest(),
        INSTALLED_APPS=["django.contrib.contenttypes", "django.contrib.auth", "django.contrib.staticfiles",
                        "allauth", "allauth.account", "allauth.mfa", "countersign.web"],
        TEMPLATES=[{"BACKEND": "django.template.backends.django.DjangoTemplates", "DIRS": TEMPLATES, "APP_DIRS": True}],
        MIDDLEWARE=["allauth.account.middleware.AccountMiddleware"], ROOT_URLCONF="gallery_urls", STATIC_URL="/static/", USE_TZ=True, TIME_ZONE="Europe/Brussels", USE_I18N=True, LANGUAGE_CODE="en",
        LANGUAGES=[("en", "English"), ("fr", "Français"), ("nl", "Nederlands"), ("de", "Deutsch")],
        MFA_SUPPORTED_TYPES=["totp", "webauthn", "recovery_codes"], MFA_PASSKEY_LOGIN_ENABLED=True,
        DEFAULT_AUTO_FIELD="django.db.models.BigAutoField",
    )  # fmt: skip
    django.setup()


class Handler(http.server.SimpleHTTPRequestHandler):
    """Serves rendered pages by name, and the static files, under the product's policy."""

    pages: dict[str, str] = {}
    media: dict[str, tuple[str, bytes]] = {}

    def do_GET(self) -> None:
        """One page, one sample picture or one static file."""
        path = self.path.split("?")[0]
        if path.startswith("/static/"):
            super().do_GET()
            return
        if path == "/me/live/":  # a session that goes on: nothing is told
            self.media[path] = ("text/event-stream", b"retry: 60000\n: open\n\n")
        kind, body = self.media.get(path, ("text/html; charset=utf-8", self.pages.get(path, "").encode()))
        self.send_response(200 if body else 404)
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def end_headers(self) -> None:
        """The policy stands on every answer."""
        self.send_header("Content-Security-Policy", POLICY)
        super().end_headers()

    def translate_path(self, path: str) -> str:
        """Static files alone come from the disk."""
        return str(STATIC / path.split("?")[0].removeprefix("/static/"))

    def log_message(self, format: str, *args: Any) -> None:
        """Say nothing."""


def shoot(browser: Browser, base: str, name: str, *, scheme: str, size: tuple[int, int]) -> list[str]:
    """Take one picture and return what is wrong with the page."""
    context = browser.new_context(
        viewport={"width": size[0], "height": size[1]}, color_scheme=scheme,  # type: ignore[arg-type]
        timezone_id="Europe/Brussels", device_scale_factor=1,
    )  # fmt: skip
    page = context.new_page()
    faults: list[str] = []
    page.on("console", lambda said: faults.append(f"console: {said.text}") if said.type in {"error", "warning"} else None)
    page.on("pageerror", lambda error: faults.append(f"error: {error}"))
    page.goto(f"{base}/{name}")
    page.evaluate("document.fonts.ready")
    page.wait_for_timeout(120)
    page.screenshot(path=OUT / f"{name}-{scheme}-{size[0]}.png", full_page=size[0] < 500)
    if page.evaluate("document.documentElement.scrollWidth > innerWidth"):
        wide = page.evaluate(
            "[...document.querySelectorAll('main *')].filter(e => e.getBoundingClientRect().right > innerWidth + 1)"
            ".slice(0, 3).map(e => e.outerHTML.slice(0, 90))"
        )
        faults.append(f"wider than the window: {wide}")
    for found in Axe().run(page).response["violations"]:
        node = found["nodes"][0]
        faults.append(f"axe {found['impact']} {found['id']} ×{len(found['nodes'])}: {node['html'][:120]} {node['failureSummary'][:160]!r}")
    context.close()
    return faults


def main() -> int:
    """Render, serve, shoot, tell."""
    set_up()
    import gallery_samples  # needs the settings above

    wanted = sys.argv[1:]
    Handler.pages = {f"/{name}": html for name, html in gallery_samples.pages().items()}
    Handler.media = gallery_samples.media()
    names = [name.removeprefix("/") for name in Handler.pages if not wanted or any(word in name for word in wanted)]
    OUT.mkdir(parents=True, exist_ok=True)
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    base = f"http://127.0.0.1:{server.server_port}"
    bad = 0
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=os.environ.get("CHROMIUM", "/usr/bin/chromium"),
            args=["--no-sandbox", "--disable-gpu", "--no-first-run", "--disable-background-networking",
                  "--disable-component-update", "--disable-sync"],
        )  # fmt: skip
        for name in names:
            for scheme in ("light", "dark"):
                for size in SIZES:
                    faults = shoot(browser, base, name, scheme=scheme, size=size)
                    bad += len(faults)
                    for fault in faults:
                        print(f"{name} {scheme} {size[0]}: {fault}")
        browser.close()
    server.shutdown()
    print(f"gallery: {len(names)} pages, {4 * len(names)} pictures, {bad} faults")
    return 1 if bad else 0


if __name__ == "__main__":
    raise SystemExit(main())
