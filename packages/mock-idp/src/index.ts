/** A mock OpenID Provider that walks real logins and misbehaves on command. Web-platform globals only. */
export type { ClientSecretMeta, MockInboundApps, MockOidcApps } from './app-control.ts'
export type { AuditEntry, AuditEvent, MockAudit } from './audit.ts'
export type { MockPermissions, MockRoles, MockTenants, PermissionConfig, RoleConfig } from './catalogue.ts'
export type { MockClock, TimeSource } from './clock.ts'
export type { CompatSwitches } from './config/compat.ts'
export type { Lifetimes, MockIdpConfig } from './config/config.ts'
export type { Limits } from './config/limits.ts'
export type { Consent, ConsentFilter } from './consent/consent.ts'
export type { ConsentConfig, ConsentSelection, MockConsents } from './consent/control.ts'
export { type DemoProject, type DemoUser, demoProject } from './demo-project.ts'
export type { Directory } from './directory.ts'
export type { DriverLogin, MockDriver } from './driver.ts'
export type { AccessTokenFaultName } from './faults/catalogue/access-token.ts'
export type { AnswerBodyFaultName } from './faults/catalogue/answer-body.ts'
export type { AnyAnswerFaultName } from './faults/catalogue/any-answer.ts'
export type { AuthorizationFaultName } from './faults/catalogue/authorization.ts'
export type { AuthorizationErrorFaultName } from './faults/catalogue/authorization-error.ts'
export type { ExpiresInFaultName } from './faults/catalogue/expires-in.ts'
export type { FrontChannelFaultName } from './faults/catalogue/front-channel-logout.ts'
export type { IdTokenFaultName } from './faults/catalogue/id-token.ts'
export type { IdTokenHashFaultName } from './faults/catalogue/id-token-hash.ts'
export type { IntrospectionJwtFaultName } from './faults/catalogue/introspection-jwt.ts'
export type { JarmFaultName } from './faults/catalogue/jarm.ts'
export type { KeyFaultName } from './faults/catalogue/keys.ts'
export type { LogoutTokenFaultName } from './faults/catalogue/logout-token.ts'
export type { MetadataFaultName } from './faults/catalogue/metadata.ts'
export type { MetadataEndpointFaultName } from './faults/catalogue/metadata-endpoints.ts'
export type { PageFaultName } from './faults/catalogue/page.ts'
export type { ProtectedResourceFaultName } from './faults/catalogue/protected-resource.ts'
export type { RefreshFaultName } from './faults/catalogue/refresh.ts'
export type { RegistrationFaultName } from './faults/catalogue/registration.ts'
export type { ResourceServerFaultName } from './faults/catalogue/resource-server.ts'
export type { StandardEndpointFaultName } from './faults/catalogue/standard-endpoints.ts'
export type { TokenClaimDefect } from './faults/catalogue/token-claims.ts'
export type { TokenDefect } from './faults/catalogue/token-faults.ts'
export type { TokenHeaderDefect } from './faults/catalogue/token-header.ts'
export type { TokenRefusalFaultName } from './faults/catalogue/token-refusal.ts'
export type { TokenResponseFaultName } from './faults/catalogue/token-response.ts'
export type { TokenTextDefect } from './faults/catalogue/token-text.ts'
export type { UserinfoFaultName } from './faults/catalogue/userinfo.ts'
export type { FaultInfo, FaultName } from './faults/catalogue.ts'
export type { FaultArea, FaultEndpoint, FaultOptions } from './faults/fault.ts'
export type { AnswerChange, DraftChange, FaultOptionsByName } from './faults/fault-options.ts'
export type { ArmedFault, FaultCount, FaultScope, MockFaults } from './faults/fault-switch.ts'
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
export type { FrontChannelCall } from './standard/front-channel-logout.ts'
export type { LogoutDelivery, MockLogouts } from './standard/logout.ts'
export type { AcrLevel, AuthorizationDetailsType, ResourceConfig, StandardSettings } from './standard/settings.ts'
export type { AccessTokenRequest, MockTokens } from './tokens/custom-tokens.ts'
export type { MockKeys, SigningAlgorithm } from './tokens/keys.ts'
export type { LogoutTokenRequest } from './tokens/logout-token.ts'
