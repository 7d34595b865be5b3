/** Imported before any module that creates metrics, which the project int otherwise disables. */
process.env['POWERTOOLS_METRICS_DISABLED'] = 'false';
process.env['POWERTOOLS_METRICS_NAMESPACE'] = 'test';
