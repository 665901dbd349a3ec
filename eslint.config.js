import js from '@eslint/js';
import tseslint from 'typescript-eslint';

export default tseslint.config(
  { ignores: ['dist', 'node_modules', 'runs', '.tap', 'data/*/'] },
  js.configs.recommended,
  {
    files: ['**/*.ts'],
    extends: [tseslint.configs.strictTypeChecked],
    languageOptions: { parserOptions: { projectService: true, tsconfigRootDir: import.meta.dirname } },
    rules: {
      // `own`-ed resources and counters read better without braces or casts.
      '@typescript-eslint/restrict-template-expressions': [
        'error',
        { allowNumber: true, allowBoolean: true },
      ],
      '@typescript-eslint/no-non-null-assertion': 'off', // typed-array reads within a checked length
      '@typescript-eslint/no-floating-promises': [
        'error',
        { allowForKnownSafeCalls: [{ from: 'package', name: 'test', package: 'tap' }] },
      ],
      '@typescript-eslint/no-unused-vars': ['error', { ignoreUsingDeclarations: true }], // held, not used
      '@typescript-eslint/require-await': 'off', // async generators that happen not to wait
    },
  },
  {
    files: ['{src,operators,pipelines}/**/*.ts'],
    rules: {
      'no-restricted-imports': [
        'error',
        {
          name: 'node:fs',
          importNames: ['existsSync'],
          message: 'It takes what cannot be read for absent; use isThere.',
        },
      ],
      'max-lines': ['error', 250],
      'max-lines-per-function': ['error', 45],
    },
  },
);
