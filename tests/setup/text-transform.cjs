/** Imports a text file (SQL) as its text, as the bundles do. */
module.exports = {
  process: (text) => ({ code: `export default ${JSON.stringify(text)};` }),
};
