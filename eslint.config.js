import { createNodeResolver, importX } from 'eslint-plugin-import-x';
import regexp from 'eslint-plugin-regexp';
import tseslint from 'typescript-eslint';

/**
 * Layers of src, lowest first: a file imports only its own layer and those below it. The client is the lowest, because
 * it uses only the control API of the emulator.
 */
const LAYERS = [
  ['client'],
  ['addresses.ts', 'exit.ts', 'version.ts'],
  ['kernel'],
  ['profiles'],
  ['http'],
  ['identity'],
  ['world'],
  ['states'],
  ['features'],
  ['control'],
  ['config.ts', 'tls', 'core.ts', 'app.ts'],
  ['listener.ts'],
  ['index.ts'],
  ['contract'],
  ['vitest.ts', 'cli'],
];

/** Restricts each layer: it must not import any layer above it. */
const layerRules = LAYERS.slice(0, -1).map((files, index) => ({
  target: files.map((file) => `./src/${file}`),
  from: LAYERS.slice(index + 1)
    .flat()
    .map((file) => `./src/${file}`),
  message: 'Do not import a higher layer: see docs/architecture.md.',
}));

/** The inspector is a client of the control API: of the emulator it has the types of that, and nothing imports it. */
const inspectorRules = [
  {
    target: './src/inspector',
    from: LAYERS.slice(1)
      .flat()
      .map((file) => `./src/${file}`),
    message: 'The inspector uses the control API only.',
  },
  { target: LAYERS.flat().map((file) => `./src/${file}`), from: './src/inspector' },
];

/** Files of a feature that must import neither Fastify nor SQLite. */
const PURE = [
  'src/features/*/rules.ts',
  'src/states/lifecycle.ts',
  'src/features/*/profile.ts',
  'src/features/*/conditions.ts',
  'src/profiles/**',
];

export default tseslint.config(
  { ignores: ['dist/', 'node_modules/', 'test/clients/**'] },
  tseslint.configs.strictTypeChecked,
  tseslint.configs.stylisticTypeChecked,
  {
    languageOptions: {
      parserOptions: {
        projectService: { allowDefaultProject: ['eslint.config.js'] },
        tsconfigRootDir: import.meta.dirname,
      },
    },
    plugins: { 'import-x': importX, regexp },
    settings: {
      // Sources import each other by the names of the compiled files.
      'import-x/resolver-next': [createNodeResolver({ extensionAlias: { '.js': ['.ts', '.js'] } })],
    },
    rules: {
      '@typescript-eslint/restrict-template-expressions': [
        'error',
        { allowNumber: true, allowBoolean: true },
      ],
      // A function whose parameters all have types is one that a caller's type parameters are inferred from.
      '@typescript-eslint/no-inferrable-types': ['error', { ignoreParameters: true }],
      '@typescript-eslint/no-floating-promises': 'error',
      // An arrow function can be one call, whether that returns something or not.
      '@typescript-eslint/no-confusing-void-expression': ['error', { ignoreArrowShorthand: true }],
      // An interface gives an inferred type a name, which editors and error messages show.
      '@typescript-eslint/no-empty-object-type': ['error', { allowInterfaces: 'with-single-extends' }],
      '@typescript-eslint/no-unused-vars': ['error', { ignoreRestSiblings: true, argsIgnorePattern: '^_' }],
      // Fastify types hooks and handlers as async, even if they do not await.
      '@typescript-eslint/require-await': 'off',
    },
  },
  {
    files: ['src/**'],
    rules: {
      // Clients send the texts: the time that a match takes must not grow faster than they do.
      'regexp/no-super-linear-backtracking': ['error', { report: 'potential' }],
      'regexp/no-super-linear-move': ['error', { report: 'potential', ignorePartial: false }],
      'import-x/no-cycle': 'error',
      'import-x/no-restricted-paths': ['error', { zones: [...layerRules, ...inspectorRules] }],
      'no-restricted-syntax': [
        'error',
        {
          selector: "CallExpression[callee.object.name='Date'][callee.property.name='now']",
          message: 'Time comes from the clock.',
        },
      ],
    },
  },
  { files: ['src/kernel/clock.ts'], rules: { 'no-restricted-syntax': 'off' } },
  {
    files: PURE,
    rules: { 'no-restricted-imports': ['error', { paths: ['fastify', 'better-sqlite3'] }] },
  },
  { files: ['**/*.js'], extends: [tseslint.configs.disableTypeChecked] },
);
