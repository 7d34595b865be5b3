/** What a tool objects to. */
export type Finding = {
  tool: 'cfn-lint' | 'checkov';
  rule: string;
  /** Logical id; empty when the rule speaks of the whole template. */
  resource: string;
  message: string;
};

/** What a tool says of one template. */
export type Verdict = {
  findings: Finding[];
  /** Checks that the template passed; cfn-lint does not count them. */
  passed: number;
};

/** A tool over many templates in one process; answers one verdict per file, in their order. */
export type Tool = {
  name: Finding['tool'];
  /** Changes whenever its verdict on the same template may change. */
  version: string;
  check(files: string[]): Promise<Verdict[]>;
};
