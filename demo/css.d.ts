/** A style sheet, imported by the component that it is for. */
declare module '*.css';
