// Shows hunks side by side; on a narrow window the two columns stand one below the other.

import { el } from "./dom.js";
import { sideBySide } from "./diff.js";

const kSigns = { same: " ", removed: "−", added: "+" };

export function showHunks(place, hunks) {
  place.replaceChildren(...hunks.map(hunkTable));
}

function hunkTable(hunk) {
  const rows = sideBySide(hunk).map((row) => el("tr", {}, ...side(row.old), ...side(row.new)));
  const place = `from line ${hunk.oldStart}`;
  const caption = el("caption", {}, hunk.file ? `${hunk.file}, ${place}` : place);
  const head = el("thead", { class: "hidden" },
    el("tr", {}, el("th", { scope: "col" }, "Line before"), el("th", { scope: "col" }, "Before"),
      el("th", { scope: "col" }, "Line after"), el("th", { scope: "col" }, "After")));
  const columns = ["number", "text", "number", "text"].map((name) => el("col", { class: name }));
  return el("table", {}, caption, el("colgroup", {}, ...columns), head,
    el("tbody", {}, ...rows));
}

function side(half) {
  if (!half) return [el("td", { class: "number" }), el("td", { class: "text none" })];
  const number = el("td", { class: `number ${half.kind}` }, String(half.number));
  const sign = el("span", { class: "sign" }, kSigns[half.kind]);
  return [number, el("td", { class: `text ${half.kind}` }, sign, ...pieces(half))];
}

function pieces({ text, mark }) {
  if (!mark || mark[0] >= mark[1]) return [text];
  return [text.slice(0, mark[0]), el("mark", {}, text.slice(...mark)), text.slice(mark[1])];
}
