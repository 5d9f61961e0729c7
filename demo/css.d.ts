/** A style sheet: Vite puts it on the page. */
declare module '*.css';
