/** What a compiled policy answers beside the decision: every rule that the action needs, as it stands. Only explanations ask for it. */
export const explanationEntrypoint = 'sallyport_explanation/explanation'
