// Small comforts; every page works without this file.
document.addEventListener("submit", (event) => {
  const button = event.submitter;
  if (!button || !button.hasAttribute("data-once")) return;
  // A second press while the sound is being made would send it twice.
  if (button.getAttribute("aria-busy") === "true") { event.preventDefault(); return; }
  button.setAttribute("aria-busy", "true");
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
