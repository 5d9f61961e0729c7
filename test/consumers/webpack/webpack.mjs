import webpack from 'webpack';

/** What `webpack --mode production` does. */
webpack(
  {
    mode: 'production',
    context: import.meta.dirname,
    entry: './quick-start.js',
    output: { path: `${import.meta.dirname}/dist`, filename: 'quick-start.js' },
    performance: { hints: false },
  },
  (error, stats) => {
    if (error || stats?.hasErrors() || stats?.hasWarnings()) throw error ?? new Error(stats.toString());
  },
);
