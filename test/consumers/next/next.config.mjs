export default {
  output: 'export',
  distDir: 'dist',
  // What is built once is not worth a cache of 10 seconds; types are checked with the other examples.
  experimental: { turbopackFileSystemCacheForBuild: false },
  typescript: { ignoreBuildErrors: true },
};
