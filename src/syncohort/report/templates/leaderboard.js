// The page works without this: it makes the headings of tables sort them. Cells without a value stay at the end.
const read = (row, column) => {
  const cell = row.cells[column];
  const text = cell.dataset.value ?? cell.innerText.split("\n")[0].trim();
  return text === "" ? null : isNaN(text) ? text : Number(text);
};

for (const table of document.querySelectorAll("table.sortable")) {
  const [body] = table.tBodies;
  for (const label of table.tHead.querySelectorAll(".sort")) {
    const heading = label.closest("th");
    const button = document.createElement("button");
    button.type = "button";
    button.className = "sort";
    button.append(...label.childNodes);
    label.replaceWith(button);
    button.addEventListener("click", () => {
      const rows = [...body.rows].map((row) => [read(row, heading.cellIndex), row]);
      const words = rows.some(([value]) => typeof value === "string");
      const was = heading.getAttribute("aria-sort");
      // Numbers begin with the largest, words with the first.
      const falling = was ? was === "ascending" : !words;
      const order = (one, other) => (words ? String(one).localeCompare(String(other)) : one - other);
      rows.sort(([one], [other]) => {
        if (one === null || other === null) return (one === null) - (other === null);
        return falling ? order(other, one) : order(one, other);
      });
      body.append(...rows.map(([, row]) => row));
      for (const each of table.tHead.querySelectorAll("[aria-sort]")) each.removeAttribute("aria-sort");
      heading.setAttribute("aria-sort", falling ? "descending" : "ascending");
      table.classList.add("sorted");
    });
  }
}
