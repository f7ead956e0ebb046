/* Sorts a table by the column whose head is clicked; nothing needs it. Rows
   stay in their group, between the captions. */
"use strict";
const value = (row, column) => {
  const text = row.cells[column] ? row.cells[column].textContent.trim() : "";
  const unit = {"ns": 1, "µs": 1e3, "ms": 1e6, "s": 1e9,
                "B": 1, "kB": 1e3, "MB": 1e6, "GB": 1e9};
  const match = /^(-?[\d.]+(?:e[+-]?\d+)?)(?:[\s\u00a0]*([a-zµ]+))?/i.exec(text);
  return match ? Number(match[1]) * (unit[match[2]] || 1) : text;
};
const compare = (a, b) =>
  typeof a === typeof b ? (a > b) - (a < b) : typeof a === "number" ? -1 : 1;
const sort = (head) => {
  const table = head.closest("table"), column = head.cellIndex;
  const falling = head.getAttribute("aria-sort") === "ascending";
  for (const other of table.tHead.rows[0].cells)
    other.removeAttribute("aria-sort");
  head.setAttribute("aria-sort", falling ? "descending" : "ascending");
  for (const body of table.tBodies) {
    const rows = [...body.rows].filter((row) => !row.matches(".caption"));
    rows.sort((a, b) => compare(value(a, column), value(b, column)) *
      (falling ? -1 : 1));
    body.append(...rows);
  }
};
for (const head of document.querySelectorAll("thead th")) {
  head.tabIndex = 0;
  head.classList.add("sorts");
  head.addEventListener("click", () => sort(head));
  head.addEventListener("keydown", (event) => {
    if (event.key === "Enter" || event.key === " ") {
      event.preventDefault();
      sort(head);
    }
  });
}
