import { expect, it } from 'vitest';
import { asciiUpperCase } from '../../src/kernel/ids.js';

it.each([
  ['aws', 'AWS'],
  ['Azure_Blob-2', 'AZURE_BLOB-2'],
  ['', ''],
  ['awſ', 'AWſ'],
  ['kınesıs', 'KıNESıS'],
  ['ß ﬁ é', 'ß ﬁ é'],
])('asciiUpperCase() converts only the ASCII letters of %j', (text, capitals) => {
  expect(asciiUpperCase(text)).toBe(capitals);
});
