// Pages work without this file. It asks before what cannot be taken back, keeps a button from being pressed twice, and follows long work.
"use strict";
document.addEventListener("submit", (event) => {
  const form = event.target;
  const asked = form.dataset.confirm;
  if (asked && !window.confirm(asked)) { event.preventDefault(); return; }
  if (form.dataset.sent) { event.preventDefault(); return; }
  if (form.method === "post") form.dataset.sent = "yes";
});
window.addEventListener("pageshow", () => document.querySelectorAll("form[data-sent]").forEach((form) => delete form.dataset.sent));
document.querySelectorAll("[data-follow]").forEach((place) => {
  const follow = async () => {
    try {
      const answer = await fetch(place.dataset.follow, { headers: { Accept: "text/html" } });
      if (answer.ok) place.innerHTML = await answer.text();
      if (place.querySelector("[data-finished]")) { window.location.reload(); return; }
    } catch { /* the next try says */ }
    window.setTimeout(follow, 1000);
  };
  window.setTimeout(follow, 1000);
});
// A page whose numbers are being counted answers 202 until it is there.
document.querySelectorAll("[data-await]").forEach((place) => {
  const look = async () => {
    try {
      const answer = await fetch(place.dataset.await, { headers: { Accept: "text/html" } });
      if (answer.status !== 202) { window.location.reload(); return; }
    } catch { /* the next try says */ }
    window.setTimeout(look, 1000);
  };
  window.setTimeout(look, 1000);
});
const here = document.querySelector(".menu [aria-current]");
if (here) here.closest("nav").scrollLeft = here.offsetLeft - here.closest("nav").offsetLeft - 40;
