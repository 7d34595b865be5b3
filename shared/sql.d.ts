/** Migrations are bundled as text (esbuild's loader for .sql). */
declare module '*.sql' {
  const text: string;
  export default text;
}
