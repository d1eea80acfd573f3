/** Of the agent, as the gateway and the panel show it. */
export const agentVersion = '0.1.0'
