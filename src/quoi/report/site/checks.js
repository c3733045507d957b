// What every stage has measured of its own work, and whether it is sound.

function checkTable(state) {
  const shown = DATA.checks.filter((row) => !state || row.state === state);
  let stage = null;
  const first = (row) => row.stage !== stage && (stage = row.stage);
  $("checks").replaceChildren(
    make("caption", { class: "hidden" }, "Checks of every stage"),
    make("thead", {}, make("tr", {}, ["stage", "measured", "", "sound is", "value, by seed"].map((name) => make("th", { scope: "col" }, name)))),
    make("tbody", {}, shown.map((row) => make("tr", {}, make("th", { scope: "row" }, first(row) ? row.stage : make("span", { class: "hidden" }, row.stage)),
      make("td", { class: "plain" }, row.name, row.state === "ok" ? null : make("small", { class: "why" }, row.why)),
      make("td", {}, make("span", { class: `state ${row.state}` }, row.state)), make("td", {}, row.sound), make("td", {}, row.values)))));
}

{
  const of = (state) => DATA.checks.filter((row) => row.state === state).length;
  const states = ["broken", "look", "ok"].filter(of).map((state) => [state, `${of(state)} ${{ broken: "broken", look: "worth a look", ok: "ok" }[state]}`]);
  choice($("check-choice"), "check", "Which checks", [["", `all ${DATA.checks.length}`], ...states], states.length ? states[0][0] : "", checkTable);
}
