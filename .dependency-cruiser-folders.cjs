/** No cycles between folders. Without test code: tests use fixtures from folders that depend on the tested one. */
const { options } = require('./.dependency-cruiser.cjs');

module.exports = {
  forbidden: [
    { name: 'no-folder-cycles', severity: 'error', scope: 'folder', from: {}, to: { circular: true } },
  ],
  options: {
    ...options,
    exclude: { path: [...options.exclude.path, '\\.test\\.ts$', '/testing/', '/fixtures/', '^tests/'] },
  },
};
