// Words and pictures: the arithmetic of `quoi search`, and the nearest pictures by exact cosine.

const PICTURES = DATA.pictures;
const SHOWN = 24;

function bytes(text) {
  return Uint8Array.from(atob(text), (letter) => letter.charCodeAt(0));
}

/** Numbers that the pipeline has packed, as rows of 32-bit floats. */
function unpacked({ width, scales, values }) {
  const factors = new Float32Array(bytes(scales).buffer), whole = new Int16Array(bytes(values).buffer);
  return Array.from(factors, (factor, row) => Float32Array.from(whole.subarray(row * width, (row + 1) * width), (value) => value * factor));
}

const dot = (one, other) => { let sum = 0; for (let n = 0; n < one.length; n++) sum += one[n] * other[n]; return sum; };
const unit = (vector) => { const length = Math.sqrt(dot(vector, vector)); return length ? vector.map((value) => value / length) : vector; };

/** Rows weighted and added. */
function combined(rows, weights) {
  const sum = new Float64Array(rows[0].length);
  rows.forEach((row, n) => { for (let place = 0; place < sum.length; place++) sum[place] += weights[n] * row[place]; });
  return sum;
}

let space = null;
function opened() {
  if (!space) {
    const { back } = PICTURES;
    space = { rows: new Map(PICTURES.words.map((word, row) => [word, row])), vectors: unpacked(PICTURES.vectors), centre: unpacked(PICTURES.centre)[0], turn: unpacked(PICTURES.turn),
      pictures: unpacked(PICTURES.pictures), back: back && { labels: unpacked(back.labels), weights: unpacked(back.weights) } };
  }
  return space;
}

/** A word vector, less its share of the centre, as a place in the space that words and pictures share. */
function placed(centred) {
  const { turn, back } = opened();
  const word = unit(combined(turn, centred));
  if (!back) return word;
  const nearness = back.labels.map((label) => Math.exp((dot(label, word) - 1) / PICTURES.back.width));
  const looks = unit(combined(back.weights, nearness));
  return unit(Float64Array.from([...word, ...looks.map((value) => value * PICTURES.back.weight)]));
}

/** An expression as weights of words: `(beer + party) / 2` is half of each. Throws a sentence. */
function weighted(text) {
  const word = "\\p{Nd}*\\p{L}(?:[\\p{L}\\p{N}]|(?<=\\p{L})['.&-](?=[\\p{L}\\p{N}]))*";
  const pattern = new RegExp(`(?<words>${word}(?:\\s+${word})*)|(?<number>\\d+(?:\\.\\d*)?|\\.\\d+)|(?<operator>[-+*/()])|(?<quoted>"[^"]*"|'[^']*'|“[^”]*”)|(?<space>\\s+)|(?<other>.)`, "gsu");
  const signs = { "×": "*", "·": "*", "÷": "/", "−": "-", "’": "'" };
  const tokens = [...text.normalize("NFC").replace(/[×·÷−’]/gu, (sign) => signs[sign]).matchAll(pattern)].map((match) => match.groups).filter((token) => token.space === undefined);
  const unreadable = () => new Error("This cannot be read as an expression: words, numbers, + - * /, parentheses and quoted phrases are allowed.");
  const scaled = (value, factor) => new Map([...value].map(([key, weight]) => [key, weight * factor]));
  const isNumber = (value) => value.size === 1 && value.has("");
  let next = 0;
  const operator = (...signs) => signs.includes(tokens[next]?.operator) && tokens[next++].operator;

  function sum() {
    let value = product();
    for (let sign; (sign = operator("+", "-"));) {
      const other = product(), both = new Map(value);
      for (const [key, weight] of other) both.set(key, (both.get(key) || 0) + (sign === "+" ? weight : -weight));
      value = both;
    }
    return value;
  }
  function product() {
    let value = signed_();
    for (let sign; (sign = operator("*", "/"));) {
      let other = signed_();
      if (sign === "*" && isNumber(value)) [value, other] = [other, value];
      if (sign === "*" && !isNumber(other)) throw new Error("Two vectors are multiplied; only a number can multiply a vector.");
      if (sign === "/" && (!isNumber(other) || !other.get(""))) throw new Error("Something is divided by a vector or by zero; only another number can divide.");
      value = scaled(value, sign === "*" ? other.get("") : 1 / other.get(""));
    }
    return value;
  }
  function signed_() {
    return operator("-") ? scaled(signed_(), -1) : leaf();
  }
  function leaf() {
    if (operator("(")) {
      const value = sum();
      if (!operator(")")) throw unreadable();
      return value;
    }
    const token = tokens[next++];
    if (token?.number) return new Map([["", Number(token.number)]]);
    const words = (token?.words ?? token?.quoted?.slice(1, -1) ?? "").trim().split(/\s+/u).filter(Boolean);
    if (!words.length) throw unreadable();
    const value = new Map();
    for (const each of words) value.set(each, (value.get(each) || 0) + 1 / words.length);
    return value;
  }

  const value = sum();
  if (next < tokens.length) throw unreadable();
  const number = value.get("") || 0;
  value.delete("");
  if (!value.size) throw new Error("The expression is a number; it needs at least one word, as in “2 * boat - ship”.");
  if (number) throw new Error("A number and a vector are added; a number can only multiply or divide a vector.");
  return value;
}

/** Edits between two words, at most `most`. */
function edits(one, other, most) {
  if (Math.abs(one.length - other.length) > most) return most + 1;
  let before = Array.from({ length: other.length + 1 }, (_, n) => n);
  for (let row = 1; row <= one.length; row++) {
    const now = [row];
    for (let n = 1; n <= other.length; n++) now[n] = Math.min(before[n] + 1, now[n - 1] + 1, before[n - 1] + (one[row - 1] !== other[n - 1]));
    before = now;
  }
  return before[other.length];
}

function unknown(word) {
  const most = word.length < 5 ? 1 : 2, low = word.toLowerCase();
  const near = PICTURES.words.map((each) => [each, edits(low, each, most)]).filter(([, distance]) => distance <= most).sort((one, other) => one[1] - other[1]).slice(0, 3);
  const meant = near.length ? ` Did you mean ${near.map(([each]) => `“${each}”`).join(" or ")}?` : "";
  return new Error(`“${word}” is not among this page's ${PICTURES.words.length.toLocaleString("en")} words.${meant} quoi search knows ${PICTURES.known.toLocaleString("en")}.`);
}

/** The place of an expression. Throws a sentence. */
function place(text) {
  const { rows, vectors, centre } = opened();
  const weights = [...weighted(text)];
  const found = weights.map(([word]) => {
    const row = rows.get(word) ?? rows.get(word.toLowerCase());
    if (row === undefined) throw unknown(word);
    return vectors[row];
  });
  const factors = weights.map(([, weight]) => weight), total = factors.reduce((sum, factor) => sum + factor, 0);
  if (factors.every((factor) => Math.abs(factor) < 1e-12)) throw new Error("Nothing is left of this expression: its vector is zero, which is near to no word.");
  return placed(combined([...found, centre], [...factors, -total]));
}

/** [place, cosine] of the nearest pictures, nearest first. */
function nearest(vector, count = SHOWN, without = -1) {
  const { pictures } = opened();
  return pictures.map((picture, row) => [row, dot(picture, vector)]).filter(([row]) => row !== without).sort((one, other) => other[1] - one[1] || one[0] - other[0]).slice(0, count);
}

const isUnseen = new Set(PICTURES && PICTURES.unseen);

function thumb(row) {
  const { columns } = PICTURES.sprite, lines = Math.ceil(PICTURES.labels.length / columns);
  const share = (part, whole) => (whole > 1 ? (100 * part) / (whole - 1) : 0);
  return make("span", { class: "thumb", "aria-hidden": "true",
    style: `background-size:${100 * columns}% ${100 * lines}%;background-position:${share(row % columns, columns)}% ${share(Math.floor(row / columns), lines)}%` });
}

function showFound(title, hits) {
  $("found-said").textContent = title;
  $("found-said").classList.remove("wrong");
  $("found").replaceChildren(...hits.map(([row, cosine]) => make("li", {},
    make("button", { type: "button", class: isUnseen.has(row) ? "picture unseen" : "picture", onclick: () => searchPicture(row), title: "show the pictures nearest to it" },
      thumb(row), make("span", { class: "label" }, PICTURES.labels[row]),
      make("span", { class: "cosine" }, cosine.toFixed(2), isUnseen.has(row) ? make("em", {}, " unseen") : null)))));
}

function searchWords(text) {
  try {
    showFound(`Nearest to ${text.trim()}`, nearest(place(text)));
  } catch (error) {
    $("found-said").textContent = error.message;
    $("found-said").classList.add("wrong");
  }
}

function searchPicture(row) {
  showFound(`Nearest to the picture “${PICTURES.labels[row]}”`, [[row, 1], ...nearest(opened().pictures[row], SHOWN - 1, row)]);
  $("found").querySelector("button").focus({ preventScroll: true });
}

function startSearch() {
  const credit = PICTURES.credits;
  document.documentElement.style.setProperty("--sprite", `url(${URL.createObjectURL(new Blob([bytes(PICTURES.sprite.webp)], { type: "image/webp" }))})`);
  const all = PICTURES.labels.length === PICTURES.of ? "" : ` of ${PICTURES.of.toLocaleString("en")}`;
  $("search-size").textContent = `${PICTURES.labels.length.toLocaleString("en")}${all} pictures, ${PICTURES.words.length.toLocaleString("en")} words`;
  $("expression").addEventListener("input", () => { if ($("expression").value.trim()) searchWords($("expression").value); });
  $("examples").replaceChildren(...PICTURES.examples.map((text) => make("button", { type: "button", class: "example", onclick: () => { $("expression").value = text; searchWords(text); } }, text)));
  $("credits").textContent = `Pictures: ${credit.pictures.attribution || `${credit.pictures.name} (${credit.pictures.licence})`}. Word vectors: ${credit.words.name} (${credit.words.licence}).`;
  if (credit.pictures.url) $("credits").append(" ", make("a", { href: credit.pictures.url }, credit.pictures.name));
  const first = PICTURES.examples[2] || PICTURES.examples[0];
  if (first) { $("expression").value = first; searchWords(first); } else if (PICTURES.labels.length) searchPicture(0);
}

if (PICTURES) startSearch();
else for (const part of document.querySelectorAll('#search, nav a[href="#search"]')) part.remove();
