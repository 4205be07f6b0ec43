// Asks the service.

// An answer that is an error, told by the service as problem JSON.
export class Problem extends Error {
  constructor(status, body) {
    super(body.detail || `The service answered ${status}.`);
    this.status = status;
    this.kind = body.type || '';
    this.nearest = body.nearest || [];
  }
}

const tokenName = 'embedserve-token';
const attempts = 4;
let askForToken = null;

// ask(): a promise of what the user gives.
export function onTokenNeeded(ask) {
  askForToken = ask;
}

const wait = (seconds) => new Promise((done) => setTimeout(done, 1000 * seconds));

async function once(path, options) {
  const headers = {...options.headers};
  const token = sessionStorage.getItem(tokenName);
  if (token) headers.Authorization = `Bearer ${token}`;
  try {
    return await fetch(path, {...options, headers});
  } catch (error) {
    if (error.name === 'AbortError') throw error;
    throw new Error('The service does not answer. Is it running?');
  }
}

// The answer's status and JSON. Waits and asks again where the service is
// busy; asks the user for the token where one is needed.
export async function ask(path, options = {}) {
  let response;
  for (let attempt = 0; attempt < attempts; ++attempt) {
    response = await once(path, options);
    if (response.status === 401 && askForToken) {
      const wrong = sessionStorage.getItem(tokenName) !== null;
      sessionStorage.setItem(tokenName, await askForToken(wrong));
    } else if (response.status === 503) {
      await wait(Number(response.headers.get('Retry-After')) || 1);
    } else {
      break;
    }
  }
  const body = await response.json().catch(() => ({}));
  if (!response.ok) throw new Problem(response.status, body);
  return {status: response.status, body};
}

export async function query(body, signal) {
  const answer = await ask('/v1/query', {
    method: 'POST',
    headers: {'Content-Type': 'application/json'},
    body: JSON.stringify(body),
    signal,
  });
  return answer.body;
}

export async function keysWithPrefix(prefix, count, signal) {
  const parameters = new URLSearchParams({prefix, limit: count});
  return (await ask(`/v1/keys?${parameters}`, {signal})).body.keys;
}

export async function info() {
  return (await ask('/v1/info')).body;
}

// The places of the items, when the service has made them.
export async function map() {
  for (;;) {
    const answer = await ask('/v1/map');
    if (answer.status === 200) return answer.body;
    await wait(1);
  }
}
