// Makes the data files of client patterns and their test cases from the packages that they come from, at pinned versions.
//
//   node deploy/client-data.mjs          writes the files
//   node deploy/client-data.mjs --check  compares them with what it would write; exit 1 when one differs
//
// Patterns come from npm (npm pack). uap-core's npm package has no test cases; Debian's package has those of its version,
// which are read when apt-get is there (apt-get download), and left as they are otherwise.
import { execFileSync } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { gunzipSync, gzipSync } from 'node:zlib';

const patterns = 'uap-core@0.18.0';
const crawlers = 'crawler-user-agents@1.60.0';
const browsers = 'user-agents@2.1.198';
const debianTests = 'uap-core=1:0.16.0-1';

const root = resolve(fileURLToPath(import.meta.url), '../..');
const dataFolder = join(root, 'src/StatHub.Core/Dimensions/Data');
const testFolder = join(root, 'tests/testdata/clients');
const check = process.argv.includes('--check');
const work = mkdtempSync(join(tmpdir(), 'client-data-'));
let differences = 0;

try {
  const uap = unpackNpm(patterns);
  const crawler = unpackNpm(crawlers);
  const visitors = unpackNpm(browsers);
  writePatterns(uap);
  writeCrawlers(crawler);
  writeVisitors(visitors);
  putLicense(uap, join(dataFolder, 'uap-core.LICENSE'));
  putLicense(crawler, join(dataFolder, 'crawler-user-agents.LICENSE'));
  putLicense(visitors, join(testFolder, 'user-agents.LICENSE'));
  writeTestCases();
} finally {
  rmSync(work, { recursive: true });
}
process.exitCode = differences === 0 ? 0 : 1;

function unpackNpm(name) {
  const folder = mkdtempSync(join(work, 'npm-'));
  const options = { cwd: folder, stdio: ['ignore', 'pipe', 'ignore'] };
  const archive = execFileSync('npm', ['pack', '--silent', name], options).toString().trim();
  execFileSync('tar', ['xzf', archive], options);
  return join(folder, 'package');
}

function unpackDebian(name) {
  const folder = mkdtempSync(join(work, 'deb-'));
  const options = { cwd: folder, stdio: ['ignore', 'ignore', 'ignore'] };
  try {
    execFileSync('apt-get', ['download', name], options);
  } catch {
    return null;
  }
  execFileSync('dpkg-deb', ['-x', readdirSync(folder)[0], folder], options);
  return join(folder, 'usr/share/uap-core/tests');
}

// Columns: pattern, family ($1 for the pattern's first group), flags.
function writePatterns(folder) {
  const sections = readUapYaml(join(folder, 'regexes.yaml'), 'regex');
  const columns = (item, name) => [item.regex, item[name] ?? '$1', ...(item.regex_flag ? [item.regex_flag] : [])];
  putTable(join(dataFolder, 'browsers.tsv'), sections.user_agent_parsers.map((item) => columns(item, 'family_replacement')));
  putTable(join(dataFolder, 'systems.tsv'), sections.os_parsers.map((item) => columns(item, 'os_replacement')));
  putTable(join(dataFolder, 'devices.tsv'), sections.device_parsers.map((item) => columns(item, 'device_replacement')));
}

// Columns: pattern, what it is of (the names of BotReason).
function writeCrawlers(folder) {
  const items = JSON.parse(readFileSync(join(folder, 'crawler-user-agents.json'), 'utf8'));
  putTable(join(dataFolder, 'crawlers.tsv'), items.map((item) => [item.pattern, reason(item.tags)]));
  putCases('crawlers', items.flatMap((item) => item.instances.map((agent) => [agent, reason(item.tags)])));
}

function reason(tags) {
  const reasons = {
    'http-library': 'library', 'browser-automation': 'headless', monitoring: 'monitor', 'social-preview': 'preview', 'ai-crawler': 'ai',
  };
  return Object.keys(reasons).filter((tag) => tags.includes(tag)).map((tag) => reasons[tag])[0] ?? 'crawler';
}

// Columns: user agent, device class as the visitor's screen and touch events told it.
function writeVisitors(folder) {
  const visits = JSON.parse(readFileSync(join(folder, 'dist/user-agents.json'), 'utf8'));
  const devices = new Map(visits.map((visit) => [visit.userAgent, visit.deviceCategory]));
  putCases('visitors', [...devices].sort(([a], [b]) => (a < b ? -1 : 1)));
}

// Columns: user agent, family. Of the many devices every tenth is kept, and all that are or look like spiders.
function writeTestCases() {
  const folder = unpackDebian(debianTests);
  if (folder === null) {
    console.log(`${debianTests} cannot be downloaded here: its test cases stay as they are`);
    return;
  }
  const cases = (file) => readUapYaml(join(folder, file), 'user_agent_string').test_cases.map((item) => [item.user_agent_string, item.family]);
  putCases('browsers', cases('test_ua.yaml'));
  putCases('systems', cases('test_os.yaml'));
  putCases('devices', cases('test_device.yaml').filter(([agent, family], number) =>
    number % 10 === 0 || family === 'Spider' || /bot|spider|crawl|silk|yahoo|whatsapp/i.test(agent)));
}

// The packages write their YAML in one plain shape: sections of items, each value on a line of its own.
function readUapYaml(file, first) {
  const sections = {};
  let section = [];
  for (const line of readFileSync(file, 'utf8').split('\n')) {
    const head = /^(\w+):\s*$/.exec(line);
    const value = /^ +(- +)?(\w+): *(.*?)\s*$/.exec(line);
    if (head) section = sections[head[1]] = [];
    else if (value && value[2] === first) section.push({ [first]: scalar(value[3]) });
    else if (value && section.length > 0) section[section.length - 1][value[2]] = scalar(value[3]);
  }
  return sections;
}

function scalar(text) {
  if (/^'.*'$/.test(text)) return text.slice(1, -1).replaceAll("''", "'");
  if (/^".*"$/.test(text)) return JSON.parse(text);
  const quoted = /^'((?:[^']|'')*)'\s*#/.exec(text);
  return quoted ? quoted[1].replaceAll("''", "'") : text;
}

function putTable(file, rows) {
  for (const cell of rows.flat()) if (/[\t\r\n]/.test(cell)) throw new Error(`A cell of ${file} has a tab or a line end: ${cell}`);
  put(file, rows.map((row) => row.join('\t') + '\n').join(''));
}

function putLicense(folder, file) {
  put(file, readFileSync(join(folder, 'LICENSE'), 'utf8').trimEnd() + '\n');
}

function putCases(name, rows) {
  const text = rows.filter((row) => !row.some((cell) => /[\t\r\n]/.test(cell))).map((row) => row.join('\t') + '\n').join('');
  put(join(testFolder, `${name}.tsv.gz`), text);
}

function put(file, text) {
  const packed = file.endsWith('.gz');
  const before = !existsSync(file) ? '' : packed ? gunzipSync(readFileSync(file)).toString() : readFileSync(file, 'utf8');
  if (before === text) return;
  differences += check ? 1 : 0;
  console.log(`${check ? 'differs' : 'written'}: ${file.slice(root.length + 1)}`);
  if (!check) writeFileSync(file, packed ? gzipSync(text, { level: 9 }) : text);
}
