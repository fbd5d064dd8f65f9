// The pictures are drawn already. Where this runs, a picture that comes into sight answers to the pointer with its numbers.
"use strict";
(() => {
  const figures = document.querySelectorAll("figure[data-chart]");
  const alive = async (figure) => {
    try {
      if (!window.vegaEmbed) await import(figure.dataset.chart);
      const drawn = figure.querySelector(".drawing");
      const place = document.createElement("div");
      const spec = JSON.parse(figure.querySelector('script[type="application/json"]').textContent);
      const lacking = drawn.querySelector("svg").viewBox.baseVal.width - drawn.clientWidth;
      if (lacking > 0) spec.width = Math.max(150, spec.width - lacking); // narrower on a phone, its words as large as elsewhere
      await window.vegaEmbed(place, spec, { ast: true, renderer: "svg", actions: false, defaultStyle: false,
        tooltip: { disableDefaultStyle: true, theme: "custom" } });
      const fresh = place.querySelector("svg");
      const known = drawn.querySelector("svg");
      fresh.removeAttribute("width"); fresh.removeAttribute("height");
      fresh.setAttribute("role", "img"); fresh.setAttribute("aria-label", known.getAttribute("aria-label"));
      known.replaceWith(place);
    } catch { /* the picture that is there stays */ }
  };
  if ("IntersectionObserver" in window) {
    const seen = new IntersectionObserver((entries) => entries.forEach((entry) => {
      if (entry.isIntersecting) { seen.unobserve(entry.target); alive(entry.target); }
    }));
    figures.forEach((figure) => seen.observe(figure));
  }
  document.querySelectorAll("[data-search]").forEach((field) => {
    field.closest("[hidden]").hidden = false;
    const list = document.getElementById(field.dataset.search);
    field.addEventListener("input", () => {
      const words = field.value.trim().toLowerCase();
      list.querySelectorAll(".choice").forEach((choice) => {
        const box = choice.querySelector("input");
        choice.hidden = words && !box.checked && !(choice.textContent + box.value).toLowerCase().includes(words);
      });
      list.querySelectorAll("fieldset").forEach((group) => { group.hidden = !group.querySelector(".choice:not([hidden])"); });
    });
  });
})();
