"use strict";
// What all views share: the data, elements, numbers, choices, and charts that follow the width of their place.

const DATA = JSON.parse(document.getElementById("data").textContent);
const VARIANTS = DATA.variants;
const $ = (id) => document.getElementById(id);

function filled(node, attributes, children) {
  for (const [name, value] of Object.entries(attributes)) {
    if (name.startsWith("on")) node.addEventListener(name.slice(2), value);
    else if (value !== false && value !== null && value !== undefined) node.setAttribute(name, value === true ? "" : value);
  }
  node.append(...children.flat(Infinity).filter((child) => child !== null && child !== undefined));
  return node;
}

const make = (tag, attributes = {}, ...children) => filled(document.createElement(tag), attributes, children);
const draw = (tag, attributes = {}, ...children) =>
  filled(document.createElementNS("http://www.w3.org/2000/svg", tag), attributes, children);

/** A variant's colours, for `style`: one for light ground, and what the dark one is mixed from. */
const colour = (variant) => `--light:${variant.ink};--base:${variant.colour}`;

const mean = (values) => values.reduce((sum, value) => sum + value, 0) / values.length;
/** Language tags of source and target. */
const TAGS = DATA.tags;
const percent = (share) => `${Math.round(100 * share)} %`;
const signed = (value, digits) => value.toFixed(digits).replace("-", "−");

/** One of several, as a row of radio buttons. `options` are [value, text] pairs. */
function choice(place, name, legend, options, chosen, then) {
  const picked = (value) => ({ type: "radio", name, value, checked: value === chosen, onchange: () => then(value) });
  place.replaceChildren(
    make("fieldset", { class: "chips" }, make("legend", { class: "hidden" }, legend),
      options.map(([value, text]) => make("label", {}, make("input", picked(value)), make("span", {}, text)))));
  then(chosen);
}

/** Draw into a place now and whenever its width changes; returns a function that draws anew. */
function chart(place, paint) {
  let width = 0;
  const again = () => { if (width) place.replaceChildren(paint(width)); };
  new ResizeObserver(([entry]) => {
    const now = Math.round(entry.contentRect.width);
    if (now !== width) { width = now; again(); }
  }).observe(place);
  return again;
}

/** Round numbers, about `count` of them, from `low` to `high`. */
function ticks(low, high, count) {
  const rough = (high - low || 1) / count;
  const power = 10 ** Math.floor(Math.log10(rough));
  const step = power * [1, 2, 5, 10].find((factor) => factor * power >= rough);
  const found = [];
  for (let n = Math.ceil(low / step - 1e-9); n * step <= high + 1e-9 * step; n++) found.push(Number((n * step).toPrecision(12)));
  return found;
}

const scale = (low, high, from, to) => (value) => from + ((value - low) / (high - low || 1)) * (to - from);

// One question at a time, the same in every view.
const questions = { at: 0, views: [] };
const samples = (variant) => variant.samples[questions.at];
/** Text that runs from right to left, set apart so that what stands beside it keeps its place. */
const isolated = (text) => (/[\u0590-\u08ff\ufb1d-\ufdff\ufe70-\ufefc]/.test(text) ? `\u2068${text}\u2069` : text);
const shownWord = (word) => ({ _eos_: "■", _unk_: "(unknown)", _bos_: "(start)" })[word] || word;

function chooseQuestion(place) {
  questions.at = place;
  for (const select of document.querySelectorAll("select.sentence")) select.value = String(place);
  for (const view of questions.views) view();
}

function startQuestions() {
  for (const select of document.querySelectorAll("select.sentence")) {
    VARIANTS[0].samples.forEach((sample, place) => select.append(make("option", { value: place, lang: TAGS[0], dir: "auto" }, sample.source)));
    select.addEventListener("change", () => chooseQuestion(Number(select.value)));
  }
  if (VARIANTS[0].samples.length) chooseQuestion(0);
  else for (const part of document.querySelectorAll('#attention, #beam, nav a[href="#attention"], nav a[href="#beam"]')) part.remove();
}
document.addEventListener("DOMContentLoaded", startQuestions);
