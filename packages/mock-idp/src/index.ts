/** A mock OpenID Provider that walks real logins and misbehaves on command. Web-platform globals only. */
export type { ClientSecretMeta, MockInboundApps, MockOidcApps } from './app-control.ts'
export type { AuditEntry, AuditEvent, MockAudit } from './audit.ts'
export type { MockPermissions, MockRoles, MockTenants, PermissionConfig, RoleConfig } from './catalogue.ts'
export type { MockClock, TimeSource } from './clock.ts'
export type { CompatSwitches } from './config/compat.ts'
export type { Lifetimes, MockIdpConfig } from './config/config.ts'
export type { Consent, ConsentFilter } from './consent/consent.ts'
export type { ConsentConfig, ConsentSelection, MockConsents } from './consent/control.ts'
export { type DemoProject, type DemoUser, demoProject } from './demo-project.ts'
export type { Directory } from './directory.ts'
export type { DriverLogin, MockDriver } from './driver.ts'
export { type FaultName, type FaultOptions, type FaultOptionsByName, faultDescriptions } from './faults/catalogue.ts'
export type { MockFaults } from './faults/fault-switch.ts'
export type { ReceivedResponse, SentRequest } from './flows/connectors/call.ts'
export type {
  Connector,
  ConnectorAuthentication,
  ConnectorConfig,
} from './flows/connectors/connector.ts'
export type { ConnectorTest, ConnectorTestResult, MockConnectors } from './flows/connectors/control.ts'
export type { ConnectorHandler, ConnectorStub, StubControls } from './flows/connectors/transport.ts'
export type { FlowRunInputs, FlowRunResult, MockFlows, ScreenAnswer } from './flows/control.ts'
export {
  type ActionNode,
  type ClaimSpec,
  type ConditionNode,
  type ConnectorNode,
  type DynamicKey,
  defineFlow,
  type EndNode,
  type FlowButton,
  type FlowDefinition,
  type FlowField,
  type FlowNode,
  type FlowTest,
  type FlowValue,
  type NodeId,
  type OnError,
  type ScreenNode,
  type ScriptletNode,
  type SubflowNode,
  type Template,
} from './flows/definition.ts'
export type { FlowDevice, GeoPosition, RiskInfo } from './flows/execution.ts'
export type { MockOutbox, OutboxMessage } from './flows/outbox.ts'
export type { RunnerLogEntry, RunnerLogKind } from './flows/runner-log.ts'
export type { FlowSettings, Scriptlet } from './flows/settings.ts'
export type { StandAloneTokens } from './flows/stand-alone-tokens.ts'
export type { JournalAnswer, JournalEntry, MockLog } from './journal.ts'
export { createMockIdp, type MockIdp } from './mock-idp.ts'
export type { AccessKey, AccessKeyConfig } from './model/access-key.ts'
export type { ClientSecret, ClientSecretConfig } from './model/client-secret.ts'
export type { Connection } from './model/connection.ts'
export type { InboundApp, InboundAppConfig, InboundScope } from './model/inbound-app.ts'
export type { JwtTemplate } from './model/jwt-template.ts'
export type { OidcApp, OidcAppConfig, OidcAppSettings } from './model/oidc-app.ts'
export type { TenantConfig } from './model/tenant.ts'
export type { Membership, MockUser, UserConfig } from './model/user.ts'
export type { PageTexts } from './pages/texts.ts'
export type { MockSession, MockSessions, SessionOptions } from './sessions.ts'
export type { MockSnapshot } from './snapshot.ts'
export type { StandardClient } from './standard/client.ts'
export type { ClientAuthMethod, ResponseMode, StandardClientConfig } from './standard/client-metadata.ts'
export { type StandardDemo, standardDemo } from './standard/demo.ts'
export type { AcrLevel, ResourceConfig, StandardSettings } from './standard/settings.ts'
export type { AccessTokenRequest, MockTokens } from './tokens/custom-tokens.ts'
export type { MockKeys, SigningAlgorithm } from './tokens/keys.ts'
