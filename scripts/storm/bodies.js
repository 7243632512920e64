/** Texts that parsers and stores get wrong. */
export const HOSTILE = [
  ...[
    '',
    ' ',
    '\0',
    '\x0b',
    '\ufeff',
    '\u2028',
    '\ud800',
    '\u{1f4a9}',
    'a\r\nX-Injected: 1',
    '../..',
    '%00',
    '%zz',
  ],
  ...[
    '__proto__',
    'constructor',
    'toString',
    '${7*7}',
    "' OR 1=1 --",
    '<script>',
    'null',
    'NaN',
    '-1',
    '1e999',
  ],
  ...['x'.repeat(300), 'x'.repeat(5000), 'ä'.repeat(70), '{"a":', '\\', '\\"'.repeat(50), 'a&'.repeat(200)],
];

const OTHER_TYPES = [null, true, 0, -1, 1.5, 1e308, 9007199254740993, '', 'text', [], [[]], {}, { a: 1 }];

/** Values for texts with a pattern: the first that fits. */
const SAMPLES = [
  'a'.repeat(24),
  'name-1',
  '2027-01-31T09:00:00Z',
  '5m',
  'us-east-1',
  '/api/*',
  'a',
  '1',
  'GET',
];

/** Values that would stop a storm: waits, and rules that answer others' requests. */
const CALM = { timeoutMs: 5, delayMs: 5, rule: undefined };

/** A value that fits a schema, more or less. */
export function valueFor(random, schema, document, depth = 0) {
  if (schema.$ref) return valueFor(random, resolve(schema, document), document, depth);
  if ('const' in schema) return schema.const;
  if (schema.enum) return random.pick(schema.enum);
  const options = schema.anyOf ?? schema.oneOf ?? schema.allOf;
  if (options) return valueFor(random, random.pick(options), document, depth);
  const { minimum = 0, maximum = 1000 } = schema;
  const type = [schema.type].flat()[0];
  switch (type) {
    case 'integer':
    case 'number':
      return random.pick([minimum, maximum, minimum + random.below(Math.min(1000, maximum - minimum + 1))]);
    case 'boolean':
      return random.chance(0.5);
    case 'string':
      return textFor(random, schema);
    case 'array':
      return Array.from({ length: random.below(3) }, () =>
        valueFor(random, schema.items ?? {}, document, depth + 1),
      );
    default:
      return depth > 4 ? {} : objectFor(random, schema, document, depth);
  }
}

function objectFor(random, { properties = {}, required = [] }, document, depth) {
  const value = {};
  for (const [key, property] of Object.entries(properties)) {
    if (!required.includes(key) && random.chance(0.6)) continue;
    value[key] = key in CALM ? CALM[key] : valueFor(random, property, document, depth + 1);
  }
  return value;
}

function textFor(random, { pattern, minLength = 0 }) {
  const fits = (text) => text.length >= minLength && (!pattern || new RegExp(pattern, 'u').test(text));
  const fitting = SAMPLES.filter(fits);
  if (fitting.length === 0) return 'a';
  const text = random.pick(fitting);
  // Names that others have are refused.
  const other = text.replace(/\d*$/, '') + random.below(1_000_000);
  return text.length < 10 && fits(other) ? other : text;
}

/** What a `$ref` of a document names. */
export function resolve(schema, document) {
  if (!schema.$ref) return schema;
  return schema.$ref
    .slice(2)
    .split('/')
    .reduce((at, key) => at[key], document);
}

/** A value with one mistake in it. */
export function spoiled(random, value) {
  if (value === null || typeof value !== 'object' || random.chance(0.1)) {
    return random.pick([...OTHER_TYPES, random.pick(HOSTILE)]);
  }
  const copy = structuredClone(value);
  const keys = Object.keys(copy);
  const key = random.pick(keys);
  if (key === undefined || random.chance(0.2))
    copy[random.pick(['unknown', ...HOSTILE])] = random.pick(OTHER_TYPES);
  else if (random.chance(0.2)) Reflect.deleteProperty(copy, key);
  else copy[key] = spoiled(random, copy[key]);
  return copy;
}

/** JSON with a mistake in its text or its bytes. */
export function spoiledText(random, text) {
  const at = random.below(text.length + 1);
  return random.pick([
    () => Buffer.from(text.slice(0, at)),
    () => Buffer.from(text.slice(0, at) + random.pick(HOSTILE) + text.slice(at)),
    () => Buffer.concat([Buffer.from(text), Buffer.from(text)]),
    () => Buffer.concat([Buffer.from([0xff, 0xfe]), Buffer.from(text, 'utf16le')]),
    () =>
      Buffer.concat([
        Buffer.from(text.slice(0, at)),
        Buffer.from([0xc3, 0x28, 0xff]),
        Buffer.from(text.slice(at)),
      ]),
    () => Buffer.from('['.repeat(1 + random.below(100_000))),
    () => Buffer.from(`{"a":${'[{"a":'.repeat(random.below(2000))}`),
    () => Buffer.from(`${' '.repeat(random.below(50_000))}${text}`),
    () => Buffer.from(`{"__proto__":${text === '' ? '1' : text}}`),
    () => Buffer.from(text === '' ? '\x0b' : `\ufeff${text}`),
  ])();
}
