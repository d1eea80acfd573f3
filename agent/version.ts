declare const SALLYPORT_AGENT_VERSION: string | undefined

/** Of the agent, as the gateway and the panel show it. A build may say another (deploy/agent). */
export const agentVersion = typeof SALLYPORT_AGENT_VERSION === 'undefined' ? '0.1.0' : SALLYPORT_AGENT_VERSION
