// What every page gains from JavaScript. All of it works without, only less comfortably.
const words = document.body.dataset;
const language = document.documentElement.lang || "en";
document.documentElement.dataset.live = "";

// Moments in the reader's own time zone. Where its clock shows another hour than the house's, the zone is named.
const offset = (at, timeZone) => new Intl.DateTimeFormat("en", { timeZone, timeZoneName: "longOffset" })
  .formatToParts(at).find((part) => part.type === "timeZoneName").value;
const zoneOf = (at) => !words.zone || offset(at, words.zone) === offset(at) ? ""
  : ` ${new Intl.DateTimeFormat(language, { timeZoneName: "short" }).formatToParts(at).find((part) => part.type === "timeZoneName").value}`;
const sameDay = (a, b) => a.toDateString() === b.toDateString();
const clock = (at, now) => {
  const hour = { hour: "2-digit", minute: "2-digit", hourCycle: "h23" };
  if (sameDay(at, now)) return new Intl.DateTimeFormat(language, hour).format(at);
  const day = at.getFullYear() === now.getFullYear()
    ? { weekday: "short", day: "numeric", month: "short" } : { day: "numeric", month: "short", year: "numeric" };
  return `${new Intl.DateTimeFormat(language.startsWith("en") ? "en-GB" : language, day).format(at)}, ${new Intl.DateTimeFormat(language, hour).format(at)}`;
};
const relative = new Intl.RelativeTimeFormat(language, { numeric: "auto" });
const ago = (at, now) => {
  const seconds = (at - now) / 1000;
  for (const [unit, size] of [["day", 86400], ["hour", 3600], ["minute", 60]]) {
    if (Math.abs(seconds) >= size) return relative.format(Math.trunc(seconds / size), unit);
  }
  return relative.format(0, "minute");
};
function tellTime(root = document) {
  const now = new Date();
  for (const element of root.querySelectorAll("time[data-moment]")) {
    const at = new Date(element.dateTime);
    element.textContent = element.dataset.moment === "ago" ? ago(at, now) : clock(at, now) + zoneOf(at);
  }
}
tellTime();
setInterval(tellTime, 60000);
document.addEventListener("htmx:after:swap", () => { tellTime(); offerCopies(); });

// Recall windows count down; when one has closed, the page is asked again a few times, to show what became of it.
let askedAgain = false;
function countDown() {
  for (const element of document.querySelectorAll("[data-until]")) {
    const left = Math.ceil((new Date(element.dataset.until) - Date.now()) / 1000);
    element.textContent = left > 0 ? `${Math.floor(left / 60)}:${String(left % 60).padStart(2, "0")}` : words.sayNow;
    if (left > 0) continue;
    element.closest(".recall")?.querySelector("button")?.setAttribute("disabled", "");
    if (!askedAgain) for (const seconds of [3, 8, 20]) setTimeout(askAgain, seconds * 1000);
    askedAgain = true;
  }
}
async function askAgain() {
  const main = document.querySelector("main");
  if (main.querySelector("textarea:focus, input:focus, details[open]")) return;
  const response = await fetch(location.href, { headers: { Accept: "text/html" } }).catch(() => null);
  const fresh = response?.ok && new DOMParser().parseFromString(await response.text(), "text/html").querySelector("main");
  if (!fresh) return;
  main.replaceChildren(...fresh.childNodes);
  tellTime();
  offerCopies();
}
if (document.querySelector("[data-until]")) {
  countDown();
  setInterval(countDown, 1000);
}

// Toasts.
function toast(text, tone = "bad") {
  const box = document.querySelector("template[data-toast]").content.firstElementChild.cloneNode(true);
  box.dataset.tone = tone;
  box.querySelector("p").textContent = text;
  document.querySelector(".toasts").append(box);
}
document.addEventListener("click", (event) => {
  event.target.closest("[data-close]")?.closest(".notice")?.remove();
});
for (const button of document.querySelectorAll("[data-close]")) button.hidden = false;
document.addEventListener("htmx:response:error", (event) => {
  const text = event.detail?.ctx?.text ?? "";
  const said = new DOMParser().parseFromString(text, "text/html").querySelector(".notice div")?.textContent?.trim();
  toast(said?.replace(/\s+/g, " ") || words.sayFault);
});
document.addEventListener("htmx:error", () => toast(words.sayOffline));

// Copying what is shown once.
function offerCopies() {
  for (const button of document.querySelectorAll("[data-copy]")) button.hidden = !navigator.clipboard;
}
offerCopies();
document.addEventListener("click", async (event) => {
  const button = event.target.closest("[data-copy]");
  if (!button) return;
  const codes = button.closest("[data-copies]").querySelectorAll("code");
  await navigator.clipboard.writeText([...codes].map((code) => code.textContent.trim()).join("\n"));
  button.querySelector("span").textContent = words.sayCopied;
});

// The theme changes at once, and the server remembers it.
document.querySelector(".theme")?.addEventListener("submit", (event) => {
  event.preventDefault();
  const form = event.currentTarget;
  const chosen = event.submitter.value;
  const body = new FormData(form);
  body.set("theme", chosen);
  document.documentElement.dataset.theme = chosen;
  for (const button of form.querySelectorAll("button")) button.setAttribute("aria-pressed", button.value === chosen);
  fetch(form.action, { method: "POST", body });
});

// One details menu at a time; Escape closes it and gives the focus back.
document.addEventListener("keydown", (event) => {
  if (event.key !== "Escape") return;
  const open = document.querySelector("details[data-pop][open]");
  open?.removeAttribute("open");
  open?.querySelector("summary")?.focus();
});
document.addEventListener("toggle", (event) => {
  if (!event.target.matches?.("details[data-pop][open]")) return;
  for (const other of document.querySelectorAll("details[data-pop][open]")) if (other !== event.target) other.open = false;
  event.target.querySelector("textarea, input:not([type=hidden])")?.focus();
}, true);

// A form is sent once: the button that sent it says that it is busy.
document.addEventListener("submit", (event) => {
  if (event.defaultPrevented || event.target.dataset.sent) { if (event.target.dataset.sent) event.preventDefault(); return; }
  event.target.dataset.sent = "true";
  event.submitter?.setAttribute("aria-busy", "true");
});
window.addEventListener("pageshow", () => {
  for (const form of document.querySelectorAll("form[data-sent]")) delete form.dataset.sent;
  for (const button of document.querySelectorAll("[aria-busy]")) button.removeAttribute("aria-busy");
});
