// The least contrast of the words of each kind of element with what they stand on: [ratio, kind] pairs.
() => {
  const canvas = document.createElement("canvas").getContext("2d", { willReadFrequently: true });
  const rgba = (colour) => {
    canvas.clearRect(0, 0, 1, 1);
    canvas.fillStyle = colour;
    canvas.fillRect(0, 0, 1, 1);
    return [...canvas.getImageData(0, 0, 1, 1).data];
  };
  const linear = (part) => (part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4);
  const light = ([r, g, b]) => 0.2126 * linear(r / 255) + 0.7152 * linear(g / 255) + 0.0722 * linear(b / 255);
  const ground = (node) => {
    for (; node; node = node.parentElement) {
      const colour = rgba(getComputedStyle(node).backgroundColor);
      if (colour[3] > 250) return colour;
    }
    return [255, 255, 255, 255];
  };
  const least = new Map();
  for (const node of document.querySelectorAll("body *")) {
    const has = [...node.childNodes].some((child) => child.nodeType === Node.TEXT_NODE && child.data.trim());
    if (!has || !node.checkVisibility({ visibilityProperty: true }) || node.closest("script, .hidden, .skip")) continue;
    const style = getComputedStyle(node), ink = rgba(node instanceof SVGElement ? style.fill : style.color);
    const [more, less] = [light(ink), light(ground(node))].sort((one, other) => other - one);
    const ratio = (more + 0.05) / (less + 0.05), kind = `${node.tagName}.${node.getAttribute("class")}`;
    if (!(least.get(kind) <= ratio)) least.set(kind, ratio);
  }
  return [...least].map(([kind, ratio]) => [ratio, kind]);
}
