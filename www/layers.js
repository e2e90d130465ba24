/* The start page's section "Ask this server": a button for each row of asks. It sends that request
 * to the server the page came from, and draws what is known of the request, the layers, the
 * response. The texts that do not change stand in index.html.
 */
import { contentLine, drawHead, fieldLine, firstLine, followParts, unseenLine } from "./anatomy.js";
import { drawLanes, layerTimes, whole } from "./lanes.js";

const asks = [
  { name: "A page", shown: "GET /about", method: "GET", target: "/about", expected: 200 },
  { name: "A 304", shown: "If-None-Match", method: "GET", target: "/about", expected: 304,
    withTag: true },
  { name: "A range", shown: "bytes=0-99", method: "GET", target: "/about", expected: 206,
    range: "bytes=0-99" },
  { name: "A 404", shown: "GET /nowhere", method: "GET", target: "/nowhere", expected: 404,
    unless: "With --fallback a server answers 200 where it finds nothing." },
  { name: "A HEAD", shown: "HEAD /about", method: "HEAD", target: "/about", expected: 200 },
];

const byId = (id) => document.getElementById(id);
const hint = byId("part").textContent;
let latest = 0; // the number of the ask whose answer is to be drawn: the last one wins

/* no-store keeps the browser's own cache out of it: what comes back is what the server sent, a 304
 * too where the request has an If-None-Match. */
async function exchange(method, target, fields) {
  const response = await fetch(target, { method, headers: fields, cache: "no-store" });
  const content = await response.arrayBuffer();
  return {
    request: { method, target: new URL(response.url).pathname, fields },
    status: response.status,
    reason: response.statusText,
    fields: [...response.headers],
    length: octetsSent(content.byteLength, response.headers.get("Content-Length")),
    times: layerTimes(response.headers.get("Server-Timing")),
    tag: response.headers.get("ETag"),
  };
}

/* The browser undoes a Content-Encoding: then the field alone tells how many octets came. */
const octetsSent = (seen, told) => (seen > 0 && told !== null ? Number(told) : seen);

async function answerTo({ method, target, range, withTag }) {
  if (range)
    return exchange(method, target, { Range: range });
  if (!withTag)
    return exchange(method, target, {});
  const learnt = await exchange("HEAD", target, {});
  return learnt.tag ? exchange(method, target, { "If-None-Match": learnt.tag }) : learnt;
}

function drawExchange({ request, status, reason, fields, length, times }) {
  const shown = { Host: location.host, ...request.fields };
  drawHead(byId("request"), [
    firstLine("method", request.method, "target", request.target, "version", "HTTP/1.1"),
    ...Object.entries(shown).map(fieldLine),
    unseenLine(),
  ], contentLine("No content: no field line announces any."));
  drawHead(byId("response"), [
    firstLine("version", "HTTP/1.1", "status code", String(status), "reason phrase", reason),
    ...fields.map(fieldLine),
  ], contentLine(contentOf(request, status, length)));
  drawLanes(byId("lanes"), whatLayersDid(request, status, reason), times);
  byId("told").hidden = times.size === 0;
  byId("untold").hidden = times.size > 0;
  byId("total").textContent = whole(times);
  byId("part").textContent = hint;
  byId("drawing").hidden = false;
}

function contentOf({ method }, status, length) {
  if (method === "HEAD")
    return "No content: HEAD asks for the head alone.";
  if (status === 304)
    return "No content: a 304 is over with its head.";
  return `${length} octets of content, not drawn.`;
}

/* Told by the answer alone, so it is as coarse as that. */
function whatLayersDid({ method, target }, status, reason) {
  const found = status < 400 || status === 416;
  return new Map([
    ["transport", "Received the request; sends the response."],
    ["http", `Parsed ${method} ${target}; formatted ${status} ${reason}.`],
    ["fs", found ? "Found the file." : status === 404 ? "Found no file." : "Gave no file."],
    ["server", `Chose the function for ${method}; called the other three.`],
  ]);
}

function sentenceOn({ request, status, reason, length, times }, { expected, unless, withTag }) {
  const sentences = [`${request.method} ${request.target} was answered ${status} ${reason},` +
    ` with ${length === 0 ? "no" : `${length} octets of`} content.`];
  if (times.size > 0)
    sentences.push(`The layers took ${whole(times)}.`);
  if (withTag)
    sentences.push(request.method === "HEAD" ? "It has no entity tag to ask with."
      : "A HEAD before it had learnt the entity tag.");
  if (status !== expected)
    sentences.push(`${expected} was expected.`, unless ?? "");
  return sentences.join(" ").trimEnd();
}

async function run(ask) {
  const turn = ++latest;
  byId("outcome").textContent = "Waiting for the answer …";
  try {
    const answer = await answerTo(ask);
    if (turn !== latest)
      return;
    drawExchange(answer);
    byId("outcome").textContent = sentenceOn(answer, ask);
  } catch (error) {
    if (turn !== latest)
      return;
    byId("drawing").hidden = true;
    byId("outcome").textContent = `No answer came from ${location.host}. Has the server ended? ` +
      "Start it again, then ask once more.";
    if (!(error instanceof TypeError)) // fetch rejects with that one alone
      throw error;
  }
}

function buttonFor(ask) {
  const button = document.createElement("button");
  const shown = document.createElement("code");
  shown.textContent = ask.shown;
  button.type = "button";
  button.append(ask.name, " ", shown);
  button.addEventListener("click", () => run(ask));
  return button;
}

byId("asks").append(...asks.map(buttonFor));
followParts(byId("request"), byId("part"));
followParts(byId("response"), byId("part"));
