/* The anatomy of a head: lines of parts, a part being its kind and its octets. Each part is a
 * button. The arrow keys walk over them, and a note says what the one in focus, or under the
 * pointer, is.
 */
import { fields, kinds } from "./words.js";

const SP = " ";
const CRLF = "\r\n";
const written = new Map([[SP, "SP"], [CRLF, "CR LF"]]); // what cannot be seen has a name

/* RFC 9112 §3, §4: three parts, one space between them. */
export function firstLine(kind1, octets1, kind2, octets2, kind3, octets3) {
  return [[kind1, octets1], ["space", SP], [kind2, octets2], ["space", SP], [kind3, octets3],
    ["line end", CRLF]];
}

/* RFC 9112 §5. */
export function fieldLine([name, value]) {
  return [["field name", name], ["colon", ":"], ["field value", value, name], ["line end", CRLF]];
}

export const unseenLine = () => [["more field lines", "… and what the browser adds"]];
export const contentLine = (text) => [["content", text]];

/* "3 octets: 47 45 54", of octets as fetch has them: one character each. */
function inOctets(octets) {
  const codes = [...octets].map((one) => one.charCodeAt(0).toString(16).padStart(2, "0"));
  const first = codes.slice(0, 16).join(" ") + (codes.length > 16 ? " …" : "");
  return `${codes.length} ${codes.length === 1 ? "octet" : "octets"}: ${first}`;
}

function drawPart([kind, octets, name = octets]) {
  const part = document.createElement("button");
  const about = kind.startsWith("field") ? fields.get(name.toLowerCase()) ?? "" : "";
  const real = kind !== "content" && kind !== "more field lines";
  part.type = "button";
  part.tabIndex = -1;
  part.className = `part ${kind.replaceAll(" ", "-")}`;
  part.textContent = written.get(octets) ?? octets;
  part.setAttribute("aria-label", `${kind}: ${part.textContent}`);
  part.dataset.kind = kind;
  part.dataset.note = `${real ? `${inOctets(octets)}. ` : ""}${kinds[kind]} ${about}`;
  return part;
}

/* The empty line ends the head; what comes after it is content. */
export function drawHead(head, lines, content) {
  const drawn = [...lines, [["empty line", CRLF]], content].map((parts) => {
    const line = document.createElement("div");
    line.className = "line";
    line.append(...parts.map(drawPart));
    return line;
  });
  head.replaceChildren(...drawn);
  head.querySelector(".part").tabIndex = 0;
}

function sayWhat(part, note) {
  const kind = document.createElement("strong");
  kind.textContent = part.dataset.kind;
  note.replaceChildren(kind, ` · ${part.dataset.note}`);
}

/* Where a key leads from a part: to another part, or undefined. */
function neighbour(part, key, parts) {
  const line = part.parentElement;
  switch (key) {
  case "ArrowRight": return parts[parts.indexOf(part) + 1];
  case "ArrowLeft": return parts[parts.indexOf(part) - 1];
  case "ArrowDown": return line.nextElementSibling?.firstElementChild;
  case "ArrowUp": return line.previousElementSibling?.firstElementChild;
  case "Home": return parts[0];
  case "End": return parts.at(-1);
  }
}

/* A head is one stop of the Tab key; the part last in focus is the one it comes back to. */
export function followParts(head, note) {
  const parts = () => [...head.querySelectorAll(".part")];
  const partOf = (event) => event.target.closest(".part");
  head.addEventListener("keydown", (event) => {
    if (event.altKey || event.ctrlKey || event.metaKey) // the browser's own: Alt and left is back
      return;
    const next = neighbour(partOf(event), event.key, parts());
    if (!next)
      return;
    event.preventDefault();
    next.focus();
  });
  head.addEventListener("focusin", (event) => {
    for (const part of parts())
      part.tabIndex = part === event.target ? 0 : -1;
    sayWhat(partOf(event), note);
  });
  for (const happening of ["pointerover", "click"])
    head.addEventListener(happening, (event) => {
      if (partOf(event))
        sayWhat(partOf(event), note);
    });
}
