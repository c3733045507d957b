// The map: pictures and the names of their regions on a grid, moved by scrolling or dragging.

function startMap({ columns, lines, pictures, words }) {
  const box = $("map"), cells = pictures.map(([row, column, line], number) => {
    const tile = make("button", { type: "button", class: isUnseen.has(row) ? "tile unseen" : "tile", tabindex: number ? -1 : 0, style: `--column:${column};--line:${line}`,
      title: PICTURES.labels[row] + (isUnseen.has(row) ? " (unseen)" : ""), "aria-label": PICTURES.labels[row] + (isUnseen.has(row) ? ", unseen" : ""),
      onclick: () => { if (!dragged) { searchPicture(row); $("search-title").scrollIntoView(); } }, onkeydown: (event) => travel(event, number) }, thumb(row));
    return { column, line, tile };
  });
  $("plane").append(...cells.map(({ tile }) => tile), ...words.map(([text, column, line, width, unseen]) =>
    make("span", { class: unseen ? "region unseen" : "region", style: `--column:${column};--line:${line};--width:${width}` }, text)));
  $("plane").style.setProperty("--columns", columns);
  $("plane").style.setProperty("--lines", lines);

  /** To the nearest picture in a direction. */
  function travel(event, from) {
    const way = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] }[event.key];
    if (!way) return;
    event.preventDefault();
    const here = cells[from];
    let best = null, least = Infinity;
    for (const cell of cells) {
      const across = cell.column - here.column, down = cell.line - here.line;
      const ahead = across * way[0] + down * way[1], aside = Math.abs(across * way[1]) + Math.abs(down * way[0]);
      if (ahead > 0 && ahead + 3 * aside < least) [best, least] = [cell, ahead + 3 * aside];
    }
    if (!best) return;
    here.tile.tabIndex = -1;
    best.tile.tabIndex = 0;
    best.tile.focus();
  }

  function zoom() {
    const middle = [(box.scrollLeft + box.clientWidth / 2) / box.scrollWidth, (box.scrollTop + box.clientHeight / 2) / box.scrollHeight];
    $("plane").style.setProperty("--cell", `${$("zoom").value}px`);
    box.scrollTo({ left: middle[0] * box.scrollWidth - box.clientWidth / 2, top: middle[1] * box.scrollHeight - box.clientHeight / 2, behavior: "instant" });
  }
  $("zoom").addEventListener("input", zoom);
  zoom();

  let start = null, dragged = false;
  box.addEventListener("pointerdown", (event) => { dragged = false; if (event.pointerType === "mouse") start = [event.clientX + box.scrollLeft, event.clientY + box.scrollTop]; });
  addEventListener("pointerup", () => { start = null; });
  addEventListener("pointermove", (event) => {
    if (!start) return;
    const left = start[0] - event.clientX, top = start[1] - event.clientY;
    dragged = dragged || Math.abs(left - box.scrollLeft) + Math.abs(top - box.scrollTop) > 4;
    if (dragged) box.scrollTo({ left, top, behavior: "instant" });
  });
}

if (PICTURES) startMap(PICTURES.map);
