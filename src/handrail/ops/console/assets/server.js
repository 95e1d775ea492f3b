// What the server is asked. The token is kept for this tab alone, and goes nowhere else.

const KEPT = "handrail.token";

export class SignedOut extends Error {}
export class Gone extends Error {}

export const isKnown = () => sessionStorage.getItem(KEPT) !== null;
export const remember = (token) => sessionStorage.setItem(KEPT, token);
export const forget = () => sessionStorage.removeItem(KEPT);

export const lookAtServer = () => ask("/console/server");
export const lookAtCall = (id) => ask(`/console/calls/${encodeURIComponent(id)}`);
export const stopCall = (id) => ask(`/console/calls/${encodeURIComponent(id)}/stop`, "POST");

async function ask(path, method = "GET") {
  const answer = await fetch(path, {
    method,
    headers: { authorization: `Bearer ${sessionStorage.getItem(KEPT) ?? ""}` },
    signal: AbortSignal.timeout(10_000),
  });
  if (answer.status === 401) throw new SignedOut();
  if (answer.status === 404) throw new Gone();
  if (!answer.ok) throw new Error((await answer.text()).trim());
  return answer.json();
}
