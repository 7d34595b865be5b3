/** A problem that a tool reports. */
export type Finding = {
  tool: 'cfn-lint' | 'checkov';
  rule: string;
  /** Logical id; empty when the rule concerns the whole template. */
  resource: string;
  message: string;
};

/** A tool's result for one template. */
export type Verdict = {
  findings: Finding[];
  /** Checks that the template passed; cfn-lint does not count them. */
  passed: number;
};

/** Runs a tool on many templates in one process; returns one verdict per file, in order. */
export type Tool = {
  name: Finding['tool'];
  /** Changes whenever its verdict on the same template may change. */
  version: string;
  check(files: string[]): Promise<Verdict[]>;
};
