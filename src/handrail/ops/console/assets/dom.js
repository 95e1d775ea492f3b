// Elements, made without ever reading text as HTML: commands and their output are anybody's words.

export const byId = (id) => document.getElementById(id);

export function element(name, properties = {}, ...children) {
  const made = document.createElement(name);
  for (const [key, value] of Object.entries(properties)) {
    if (key === "data") Object.assign(made.dataset, value);
    else if (key.startsWith("aria-")) made.setAttribute(key, value);
    else made[key] = value;
  }
  made.append(...children);
  return made;
}

// Rows keep their elements from one look to the next, so that focus and selection stay.
export function showRows(body, rows, keyOf, cellsOf) {
  const before = new Map([...body.children].map((row) => [row.dataset.key, row]));
  const labels = [...body.parentElement.querySelectorAll("th")].map((head) => head.textContent);
  rows.forEach((one, at) => {
    const key = keyOf(one);
    const row = before.get(key) ?? element("tr", { data: { key } });
    before.delete(key);
    showCells(row, cellsOf(one), labels);
    if (body.children[at] !== row) body.insertBefore(row, body.children[at] ?? null);
  });
  before.forEach((row) => row.remove());
}

function showCells(row, cells, labels) {
  cells.forEach((cell, at) => {
    const shown = row.children[at] ?? row.appendChild(element("td", { data: { label: labels[at] } }));
    if (shown.className !== (cell.className ?? "")) shown.className = cell.className ?? "";
    if (cell.nodes) {
      if (shown.dataset.text !== cell.text) shown.replaceChildren(...cell.nodes());
      shown.dataset.text = cell.text;
    } else if (shown.textContent !== cell.text) shown.textContent = cell.text;
  });
}

export function showList(list, pairs) {
  list.replaceChildren(...pairs.map(([term, told]) =>
    element("div", {}, element("dt", {}, term), element("dd", {}, told))));
}
