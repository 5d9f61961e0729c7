/** Of the form that asks for a clip: fields outside it, among the settings, belong to it by this. */
export const FORM_ID = 'ask';
