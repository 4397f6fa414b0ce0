// Small comforts; every page works without this file.
document.addEventListener("submit", (event) => {
  const button = event.submitter;
  if (event.defaultPrevented || !button || !button.hasAttribute("data-once")) return;
  // A second press while the sound is being made would send it twice.
  if (button.getAttribute("aria-busy") === "true") { event.preventDefault(); return; }
  button.setAttribute("aria-busy", "true");
});
// Enter in a field goes on to the next one where the form's first button says that it sends nothing. A button that is
// pressed by holding the key down would be pressed again and again.
document.addEventListener("keydown", (event) => {
  if (event.key !== "Enter" || event.isComposing) return;
  const at = event.target;
  if (at instanceof HTMLButtonElement) { if (event.repeat) event.preventDefault(); return; }
  if (!(at instanceof HTMLInputElement) || !at.form || !at.form.querySelector("button.first:disabled")) return;
  event.preventDefault();
  const fields = [...at.form.elements].filter((one) => /^(INPUT|TEXTAREA|SELECT)$/.test(one.tagName)
    && one.type !== "hidden" && !one.disabled && one.offsetParent);
  const next = fields[fields.indexOf(at) + 1];
  if (next) next.focus();
});
window.addEventListener("pageshow", () => {
  document.querySelectorAll("[aria-busy]").forEach((one) => one.removeAttribute("aria-busy"));
});
document.addEventListener("htmx:afterSwap", (event) => {
  const audio = event.target.querySelector ? event.target.querySelector("audio[data-play]") : null;
  if (audio) audio.play().catch(() => {});
});
// What is ticked is what is meant: a village follows its loudspeakers, and "Cả xã" stands alone.
document.addEventListener("change", (event) => {
  const box = event.target;
  if (!(box instanceof HTMLInputElement) || !["villages", "devices"].includes(box.name)) return;
  const every = (choice, root) => (root || box.form).querySelectorAll(choice);
  if (box.value === "*") {
    if (box.checked) every(".village input").forEach((one) => { one.checked = false; });
    return;
  }
  every('input[name=devices][value="*"]').forEach((one) => { one.checked = false; });
  const village = box.closest("fieldset");
  if (box.name === "villages") {
    every("input[name=devices]", village).forEach((one) => { one.checked = box.checked; });
  } else if (!box.checked) {
    every("input[name=villages]", village).forEach((one) => { one.checked = false; });
  }
});

// A day: what is typed is said again with its weekday; a press in the calendar fills the field.
const dayField = document.querySelector("form.compose input[name=date]");
const dayWords = document.getElementById("ngay");
const dayButtons = [...document.querySelectorAll(".calendar button[name=ngay]")];
function dayTyped() {
  const parts = dayField.value.trim().match(/^(\d{1,2})\s*[\/.\- ]\s*(\d{1,2})(?:\s*[\/.\- ]\s*(\d{4}))?$/)
    || dayField.value.trim().match(/^(\d{2})(\d{2})(\d{4})?$/);
  if (!parts) return null;
  const start = `${parts[1].padStart(2, "0")}/${parts[2].padStart(2, "0")}/`;
  return dayButtons.find((one) => (parts[3] ? one.value === start + parts[3] : one.value.startsWith(start))) || null;
}
function sayDay() {
  const found = dayTyped();
  dayWords.value = found ? found.getAttribute("aria-label") : dayWords.dataset.none;
  dayWords.classList.toggle("none", !found);
  dayButtons.forEach((one) => {
    one.classList.toggle("p", one === found);
    if (one === found) one.setAttribute("aria-current", "date"); else one.removeAttribute("aria-current");
  });
}
if (dayField && dayWords) {
  dayField.addEventListener("input", sayDay);
  document.querySelector(".calendar").addEventListener("click", (event) => {
    const day = event.target.closest("button[name=ngay]");
    if (!day) return;
    event.preventDefault();
    dayField.value = day.value;
    dayField.dispatchEvent(new Event("input", { bubbles: true }));
    day.closest("details").open = false;
    dayField.focus();
  });
  document.querySelector(".calendar").addEventListener("keydown", (event) => {
    const step = { ArrowLeft: -1, ArrowRight: 1, ArrowUp: -7, ArrowDown: 7 }[event.key];
    const at = dayButtons.indexOf(event.target);
    if (event.key === "Escape") { event.currentTarget.open = false; dayField.focus(); }
    if (!step || at < 0) return;
    event.preventDefault();
    const next = dayButtons[at + step];
    if (next) next.focus();
  });
}

// Letters are counted as they are typed; what is too long is said and not sent, and nothing is cut off.
const letters = (field) => [...field.value.normalize("NFC").trim()].length;
function count(field) {
  const told = field.form && field.form.querySelector(`[data-count="${field.name}"]`);
  const rule = told || field;
  if (!rule.dataset || !rule.dataset.most) return;
  const over = letters(field) > Number(rule.dataset.most);
  if (told) { told.querySelector("output").value = letters(field); told.classList.toggle("over", over); }
  field.setCustomValidity(over ? rule.dataset.long : "");
}
const counted = [...document.querySelectorAll("form input[data-most], form textarea")];
counted.forEach((field) => { field.addEventListener("input", () => count(field)); count(field); });

// What is being typed is kept in this browser until it is sent or its writer logs out. It is sealed with a key that only
// that writer's pages hold: the next person at a shared machine finds nothing to read.
const DRAFT = "langso-draft:";
const DRAFT_LIFE_MS = 24 * 3600 * 1000;
const NEVER_KEPT = ["token", "password", "code", "passkey", "ai"];
const who = document.body.dataset.who || "";
const tab = sessionStorage.getItem("langso-tab") || Math.random().toString(16).slice(2);
sessionStorage.setItem("langso-tab", tab);
const drafts = () => Object.keys(localStorage).filter((key) => key.startsWith(DRAFT)).map((key) => {
  try { return { key, ...JSON.parse(localStorage.getItem(key)) }; } catch { return { key, at: 0 }; }
});
const gone = document.body.dataset.done;
drafts().forEach((one) => {
  if (Date.now() - one.at > DRAFT_LIFE_MS || (who && one.who !== who) || (gone && one.mark === gone)) {
    localStorage.removeItem(one.key);
  }
});
document.addEventListener("submit", (event) => {
  if (new URL(event.target.action).pathname === "/dang-xuat") drafts().forEach((one) => localStorage.removeItem(one.key));
});

const form = document.querySelector("form[data-keep]");
if (form && window.crypto && crypto.subtle) keepTyped().catch(() => {});
async function keepTyped() {
  const bytes = Uint8Array.from(form.dataset.key.match(/../g), (pair) => parseInt(pair, 16));
  const key = await crypto.subtle.importKey("raw", bytes, "AES-GCM", false, ["encrypt", "decrypt"]);
  const place = `${DRAFT}${form.dataset.keep}:${tab}`;
  const say = (what) => form.querySelector(`[data-when=${what}]`);
  const typed = () => [...new FormData(form)].filter(([name]) => !NEVER_KEPT.includes(name));
  const empty = JSON.stringify(typed());
  let later = 0;
  let sent = false;
  async function save() {
    if (sent) return;
    const fields = JSON.stringify(typed());
    if (fields === empty) { localStorage.removeItem(place); return; }
    const iv = crypto.getRandomValues(new Uint8Array(12));
    const sealed = await crypto.subtle.encrypt({ name: "AES-GCM", iv }, key, new TextEncoder().encode(fields));
    const body = btoa(String.fromCharCode(...iv)) + "." + btoa(new Uint8Array(sealed).reduce((all, one) => all + String.fromCharCode(one), ""));
    try {
      localStorage.setItem(place, JSON.stringify({ at: Date.now(), who, mark: form.elements.lan.value, body }));
    } catch { /* The browser's store is full: the page itself still holds it. */ }
  }
  async function open(draft) {
    const [iv, sealed] = draft.body.split(".").map((part) => Uint8Array.from(atob(part), (one) => one.charCodeAt(0)));
    return JSON.parse(new TextDecoder().decode(await crypto.subtle.decrypt({ name: "AES-GCM", iv }, key, sealed)));
  }
  async function take(draft) {
    const fields = await open(draft);
    const all = (name) => fields.filter(([one]) => one === name).map(([, value]) => value);
    for (const one of form.elements) {
      if (!one.name || one.tagName === "BUTTON" || NEVER_KEPT.includes(one.name)) continue;
      if (one.type === "checkbox" || one.type === "radio") one.checked = all(one.name).includes(one.value);
      else if (all(one.name).length) one.value = all(one.name)[0];
    }
    counted.forEach(count);
    if (dayField && dayWords) sayDay();
    if (draft.key !== place) { localStorage.removeItem(draft.key); await save(); }
  }
  const saveSoon = () => { clearTimeout(later); later = setTimeout(save, 300); };
  form.addEventListener("input", saveSoon);
  form.addEventListener("change", saveSoon);
  window.addEventListener("pagehide", save);
  if (form.hasAttribute("data-fresh")) {
    const mine = drafts().filter((one) => one.who === who && one.key.startsWith(`${DRAFT}${form.dataset.keep}:`));
    const here = mine.find((one) => one.key === place);
    const other = mine.sort((one, two) => two.at - one.at)[0];
    if (here) await take(here).catch(() => localStorage.removeItem(here.key));
    else if (other) {
      const bar = say("draft");
      bar.querySelector("output").value = new Date(other.at).toLocaleTimeString("vi-VN", { hour: "2-digit", minute: "2-digit" });
      bar.hidden = false;
      bar.querySelector("[data-take]").addEventListener("click", () => { bar.hidden = true; take(other).catch(() => localStorage.removeItem(other.key)); });
      bar.querySelector("[data-drop]").addEventListener("click", () => { bar.hidden = true; localStorage.removeItem(other.key); });
    }
  }
  // Before anything is sent: is the office's machine there, and does it still know who this is?
  form.addEventListener("submit", async (event) => {
    const button = event.submitter;
    if (event.defaultPrevented || form.dataset.asked || (button && button.formAction.endsWith("/giu"))) return;
    event.preventDefault();
    await save();
    say("offline").hidden = say("over").hidden = true;
    let answer = null;
    try {
      answer = await fetch("/phien/manh", { cache: "no-store", redirect: "manual", signal: AbortSignal.timeout(8000) });
    } catch { /* Not there. */ }
    if (button) button.removeAttribute("aria-busy");
    if (!answer || !answer.ok) {
      const why = say(answer ? "over" : "offline");
      why.hidden = false;
      why.scrollIntoView({ block: "center" });
      return;
    }
    form.dataset.asked = "1";
    sent = true;
    form.requestSubmit(button);
    delete form.dataset.asked;
  });
  window.addEventListener("pageshow", () => { sent = false; });
  document.addEventListener("htmx:responseError", (event) => {
    if (event.detail.xhr.status === 401) say("over").hidden = false;
  });
}
// A passkey confirms an order: one touch. Where the browser has none, or the page came without TLS, digits are typed.
const passkeys = window.PublicKeyCredential && window.isSecureContext;
const bytesOf = (text) => Uint8Array.from(atob(text.replace(/-/g, "+").replace(/_/g, "/")), (one) => one.charCodeAt(0));
const textOf = (buffer) => btoa(String.fromCharCode(...new Uint8Array(buffer)))
  .replace(/[+]/g, "-").replace(/[/]/g, "_").replace(/=+$/, "");
const showTouch = () => {
  if (passkeys) document.querySelectorAll("[data-touch-row]").forEach((one) => { one.hidden = false; });
};
showTouch();
const askKey = async (options, isNew) => {
  const listed = (all) => (all || []).map((one) => ({ ...one, id: bytesOf(one.id) }));
  const publicKey = { ...options, challenge: bytesOf(options.challenge), allowCredentials: listed(options.allowCredentials),
    excludeCredentials: listed(options.excludeCredentials) };
  if (isNew) publicKey.user = { ...options.user, id: bytesOf(options.user.id) };
  const key = await (isNew ? navigator.credentials.create({ publicKey }) : navigator.credentials.get({ publicKey }));
  const response = {};
  for (const name of ["clientDataJSON", "attestationObject", "authenticatorData", "signature", "userHandle"]) {
    if (key.response[name]) response[name] = textOf(key.response[name]);
  }
  return { id: key.id, rawId: textOf(key.rawId), type: key.type, response, clientExtensionResults: {} };
};
document.addEventListener("click", async (event) => {
  const button = event.target instanceof Element ? event.target.closest("button[data-touch]") : null;
  if (!button || button.getAttribute("aria-busy") === "true") return;
  const form = button.form;
  if (!form.reportValidity()) return;
  button.setAttribute("aria-busy", "true");
  const said = form.querySelector("[data-touch-said]"), failed = form.querySelector("[data-touch-failed]");
  said.replaceChildren();
  failed.hidden = true;
  try {
    const answer = await fetch(button.dataset.touch, { method: "POST", headers: { "HX-Request": "true" },
      body: new URLSearchParams(new FormData(form)) });
    if (answer.status === 401) {
      // With no proof it orders nothing; the login that is asked for leads back here.
      const over = form.querySelector("[data-when=over]");
      if (over) { over.hidden = false; over.scrollIntoView({ block: "center" }); } else form.submit();
      return;
    }
    if (!answer.ok) { said.replaceChildren(await answer.text()); return; }
    const key = await askKey(await answer.json(), button.hasAttribute("data-new"));
    form.elements.passkey.value = JSON.stringify(key);
    form.submit();
  } catch (error) {
    // Whoever says no to the browser's own question has said it.
    failed.hidden = error.name === "NotAllowedError";
  } finally {
    button.removeAttribute("aria-busy");
  }
});
