"""The path a new company walks, page by page; used by the test of the pages and by the screenshots."""
from __future__ import annotations

import io
import re

import httpx
from PIL import Image, ImageDraw
from playwright.sync_api import Browser

from tests.path.browsing import Installation, Somebody
from tests.waiting import until

WORDS = "Ons lentebier is er weer: licht en fris. Vanaf zaterdag in de brouwerij."


def photo() -> bytes:
    """A drawn photograph that says where it was taken."""
    image = Image.new("RGB", (1200, 800), (206, 190, 160))
    draw = ImageDraw.Draw(image)
    for x in range(120, 1100, 180):
        draw.rectangle((x, 240, x + 90, 640), fill=(90, 60, 30))
        draw.rectangle((x, 400, x + 90, 520), fill=(240, 235, 220))
    exif = Image.Exif()
    exif[0x010F], exif[0x013B] = "Fairphone", "Ann Maes"
    gps = exif.get_ifd(0x8825)
    gps[1], gps[2], gps[3], gps[4] = "N", (50.0, 52.0, 45.6), "E", (4.0, 42.0, 3.2)
    out = io.BytesIO()
    image.save(out, "JPEG", exif=exif)
    return out.getvalue()


class Walk:
    """Kim sets the house up, Ann writes, Ben countersigns, a reader answers, Mia decides."""

    def __init__(self, browser: Browser, installation: Installation) -> None:
        self.browser, self.at = browser, installation
        self.kim = Somebody(browser, installation, "Kim Desmet")
        self.people = [self.kim]

    def kim_begins(self) -> None:
        self.kim.enrol(self.at.link, email="kim@delinde.example")
        self.kim.go("/roster/")
        self.kim.press("Sign the first entry")
        self.kim.see("Kim Desmet")
        self.kim.page.locator("text=Nobody yet.").first.wait_for(state="detached")

    def kim_connects(self) -> None:
        page = self.kim.go("/accounts/connect/")
        page.get_by_role("link", name="Practice network").click()
        page.get_by_label("Name of the practice account").fill("delinde")
        self.kim.press("Connect")
        page.wait_for_url(f"{self.at.practice}/**")
        page.locator("label.choice", has_text=re.compile(r"@delinde$", re.M)).first.click()
        self.kim.press("Allow")
        page.wait_for_url(re.compile(rf"{self.at.origin}/accounts/[0-9a-f-]+/"))

    def kim_invites(self, name: str, role: str) -> str:
        page = self.kim.go("/people/invite/")
        page.get_by_label("Name", exact=True).fill(name)
        page.get_by_label("Mail address").fill(f"{name.split()[0].lower()}@delinde.example")
        page.get_by_role("checkbox", name=re.compile(f"^{role}")).check()
        self.kim.press("Make the invitation")
        return page.locator("code", has_text="/enrol/").inner_text()

    def the_others_come(self) -> None:
        for name, role in (("Ann Maes", "Author"), ("Ben Claes", "Reviewer"), ("Mia Lambert", "Moderator")):
            person = Somebody(self.browser, self.at, name)
            person.enrol(self.kim_invites(name, role))
            self.people.append(person)
        _kim, self.ann, self.ben, self.mia = self.people

    def kim_puts_ben_on_the_roster(self) -> None:
        page = self.kim.go("/roster/")
        value = page.locator("select[name=person] option", has_text="Ben Claes").get_attribute("value")
        page.locator("select[name=person]").select_option(value)
        self.kim.press("Ask for it")
        page.locator("main").get_by_role("button", name=re.compile("^Sign")).first.click()
        page.locator("select[name=person] option", has_text="Ben Claes").first.wait_for(state="attached")
        page.locator("[aria-labelledby=signers]", has_text="Ben Claes").wait_for()

    def ann_writes(self) -> None:
        page = self.ann.go("/posts/new/")
        page.get_by_label("Title").fill("Lentebier")
        page.locator("textarea[data-account]").fill(WORDS)
        page.locator("input[type=file]").set_input_files({"name": "IMG_0412.jpg", "mimeType": "image/jpeg", "buffer": photo()})
        page.get_by_text("It said where it was taken").wait_for()
        page.get_by_label("Text for those who cannot see it").fill("Bierflesjes op een rij")
        self.ann.press("Submit for signature")
        page.wait_for_url(re.compile(r"/posts/[0-9a-f-]+/(\?told=\w+)?$"))
        self.post = re.search(r"/posts/([0-9a-f-]+)/", page.url).group(1)  # type: ignore[union-attr]

    def ben_signs(self) -> None:
        page = self.ben.go(f"/posts/{self.post}/review/")
        self.ben.see(WORDS)
        self.ben.press("Sign with passkey")
        page.wait_for_url(re.compile(r"/posts/[0-9a-f-]+/(\?told=\w+)?$"))

    def it_goes_out(self) -> str:
        """Waits until it is out; its address on the practice network."""

        def address() -> str | None:
            link = self.ben.go(f"/posts/{self.post}/").locator(f"a[href^='{self.at.practice}/posts/']")
            return link.first.get_attribute("href") if link.count() else None

        return until(address, else_say=lambda: "It did not go out:\n" + self.ben.page.inner_text("main") + self.at.said())

    def a_reader_answers(self, address: str, text: str) -> None:
        answer = httpx.post(
            f"{address}/replies", data={"new_reader": "Greta Vogel", "text": text}, trust_env=False,
            headers={"Sec-Fetch-Site": "same-origin"},
        )
        assert answer.status_code == 303, answer.text

    def mia_decides(self, text: str, deed: str, clause: str) -> None:
        until(lambda: self.mia.go("/comments/").get_by_text(text).count())
        page = self.mia.page
        page.locator("li.line", has_text=text).locator("a.cover").first.click()
        page.locator(f"input[name=deed][value={deed}]").check(force=True)
        page.locator(f"input[name=clause][value={clause}]").check(force=True)
        self.mia.press("Decide, and show the next one")
