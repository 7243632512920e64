import { expect, it } from 'vitest';
import { asciiUpperCase } from '../../src/kernel/ids.js';

it.each([
  ['aws', 'AWS'],
  ['Azure_Blob-2', 'AZURE_BLOB-2'],
  ['', ''],
  ['awſ', 'AWſ'],
  ['kınesıs', 'KıNESıS'],
  ['ß ﬁ é', 'ß ﬁ é'],
])('makes capitals of the ASCII letters of %j, and of no others', (text, capitals) => {
  expect(asciiUpperCase(text)).toBe(capitals);
});
