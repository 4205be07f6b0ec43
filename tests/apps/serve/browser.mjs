// A headless Chromium, told what to do by the DevTools protocol through a pair
// of pipes, which any Node has: messages end with a zero byte.
import {spawn} from 'node:child_process';
import {mkdtempSync, rmSync, writeFileSync} from 'node:fs';
import {tmpdir} from 'node:os';
import {join} from 'node:path';

const patience = 30000;

export const sleep = (milliseconds) => new Promise((done) => setTimeout(done, milliseconds));

// What `stream` says, up to a match; the match.
export function lineOf(stream, pattern) {
  return new Promise((done, fail) => {
    let text = '';
    const late = setTimeout(() => fail(new Error(`no ${pattern} in: ${text}`)), patience);
    stream.on('data', (chunk) => {
      text += chunk;
      const match = text.match(pattern);
      if (match) {
        clearTimeout(late);
        done(match);
      }
    });
  });
}

export class Browser {
  static async start(program) {
    const browser = new Browser();
    browser.folder = mkdtempSync(join(tmpdir(), 'embed_page_'));
    browser.process = spawn(program, [
      '--headless=new', '--no-sandbox', '--disable-gpu', '--disable-dev-shm-usage', '--no-first-run',
      '--remote-debugging-pipe', `--user-data-dir=${browser.folder}`, 'about:blank',
    ], {
      stdio: ['ignore', 'ignore', 'ignore', 'pipe', 'pipe'],
      detached: true,  // leads a group, in which its children are
    });
    browser.process.once('exit', () => browser.fail(new Error('the browser has ended')));
    const [, , , orders, answers] = browser.process.stdio;
    browser.orders = orders;
    orders.on('error', (error) => browser.fail(error));
    browser.calls = new Map();
    browser.last = 0;
    browser.problems = [];
    answers.setEncoding('utf8');
    let text = '';
    answers.on('data', (chunk) => {
      const messages = (text + chunk).split('\0');
      text = messages.pop();
      for (const message of messages) browser.onMessage(JSON.parse(message));
    });
    const {targetId} = await browser.call('Target.createTarget', {url: 'about:blank'}, null);
    browser.session = (await browser.call('Target.attachToTarget', {targetId, flatten: true}, null)).sessionId;
    for (const domain of ['Page', 'Runtime', 'Log']) await browser.call(`${domain}.enable`);
    return browser;
  }

  onMessage(message) {
    if (message.method === 'Runtime.exceptionThrown') {
      this.problems.push(message.params.exceptionDetails.exception?.description || 'an exception');
    }
    if (message.method === 'Log.entryAdded' && message.params.entry.source === 'security') {
      this.problems.push(message.params.entry.text);
    }
    const call = this.calls.get(message.id);
    if (!call) return;
    this.calls.delete(message.id);
    if (message.error) call.fail(new Error(message.error.message));
    else call.done(message.result);
  }

  // Ends all calls that wait.
  fail(error) {
    for (const call of this.calls.values()) call.fail(error);
    this.calls.clear();
  }

  call(method, params = {}, sessionId = this.session) {
    const id = ++this.last;
    this.orders.write(`${JSON.stringify({id, method, params, ...(sessionId && {sessionId})})}\0`);
    return new Promise((done, fail) => this.calls.set(id, {done, fail}));
  }

  async eval(expression) {
    const {result, exceptionDetails} = await this.call('Runtime.evaluate', {
      expression, awaitPromise: true, returnByValue: true,
    });
    if (exceptionDetails) throw new Error(`${expression}: ${exceptionDetails.exception?.description}`);
    return result.value;
  }

  // Until the expression is true.
  async until(expression) {
    for (let waited = 0; waited < patience; waited += 50) {
      if (await this.eval(expression)) return;
      await sleep(50);
    }
    throw new Error(`never true: ${expression}`);
  }

  async open(url) {
    await this.call('Page.navigate', {url});
    await this.until('document.readyState === "complete"');
  }

  async size(width, height, phone = false, dark = false) {
    await this.call('Emulation.setDeviceMetricsOverride', {width, height, deviceScaleFactor: phone ? 2 : 1, mobile: phone});
    await this.call('Emulation.setEmulatedMedia', {features: [{name: 'prefers-color-scheme', value: dark ? 'dark' : 'light'}]});
    await sleep(300);
  }

  // The middle of an element, which is scrolled into view.
  async middle(selector) {
    return this.eval(`(() => {
      const element = document.querySelector(${JSON.stringify(selector)});
      element.scrollIntoView({block: 'center'});
      const box = element.getBoundingClientRect();
      return [box.x + box.width / 2, box.y + box.height / 2];
    })()`);
  }

  async click(selector) {
    const [x, y] = await this.middle(selector);
    await this.mouse('mousePressed', x, y);
    await this.mouse('mouseReleased', x, y);
  }

  mouse(type, x, y) {
    const button = type === 'mouseMoved' ? 'none' : 'left';
    return this.call('Input.dispatchMouseEvent', {type, x, y, button, clickCount: 1});
  }

  async type(text) {
    for (const letter of text) await this.call('Input.insertText', {text: letter});
  }

  async key(key) {
    const enter = key === 'Enter' ? {text: '\r', windowsVirtualKeyCode: 13} : {};
    await this.call('Input.dispatchKeyEvent', {type: 'keyDown', key, ...enter});
    await this.call('Input.dispatchKeyEvent', {type: 'keyUp', key});
  }

  async picture(path) {
    const {data} = await this.call('Page.captureScreenshot', {format: 'png'});
    writeFileSync(path, Buffer.from(data, 'base64'));
  }

  async end() {
    const ended = new Promise((done) => this.process.once('exit', done));
    // With its children, which would go on writing.
    process.kill(-this.process.pid, 'SIGKILL');
    await ended;
    rmSync(this.folder, {recursive: true, force: true, maxRetries: 20, retryDelay: 100});
  }
}
