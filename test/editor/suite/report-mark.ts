/** Begins each line of mocha's report: the extension host's console also holds chatter of the workbench. */
export const REPORT_MARK = '[suite] ';
