// Original file: proto/tacet/ledger/v1/ledger.proto

import type * as grpc from '@grpc/grpc-js'
import type { MethodDefinition } from '@grpc/proto-loader'
import type { AppendUsageRequest as _tacet_ledger_v1_AppendUsageRequest, AppendUsageRequest__Output as _tacet_ledger_v1_AppendUsageRequest__Output } from '../../../tacet/ledger/v1/AppendUsageRequest.ts';
import type { AppendUsageResponse as _tacet_ledger_v1_AppendUsageResponse, AppendUsageResponse__Output as _tacet_ledger_v1_AppendUsageResponse__Output } from '../../../tacet/ledger/v1/AppendUsageResponse.ts';
import type { ApplyPricesRequest as _tacet_ledger_v1_ApplyPricesRequest, ApplyPricesRequest__Output as _tacet_ledger_v1_ApplyPricesRequest__Output } from '../../../tacet/ledger/v1/ApplyPricesRequest.ts';
import type { ApplyPricesResponse as _tacet_ledger_v1_ApplyPricesResponse, ApplyPricesResponse__Output as _tacet_ledger_v1_ApplyPricesResponse__Output } from '../../../tacet/ledger/v1/ApplyPricesResponse.ts';
import type { Balance as _tacet_ledger_v1_Balance, Balance__Output as _tacet_ledger_v1_Balance__Output } from '../../../tacet/ledger/v1/Balance.ts';
import type { CheckLedgerRequest as _tacet_ledger_v1_CheckLedgerRequest, CheckLedgerRequest__Output as _tacet_ledger_v1_CheckLedgerRequest__Output } from '../../../tacet/ledger/v1/CheckLedgerRequest.ts';
import type { CheckLedgerResponse as _tacet_ledger_v1_CheckLedgerResponse, CheckLedgerResponse__Output as _tacet_ledger_v1_CheckLedgerResponse__Output } from '../../../tacet/ledger/v1/CheckLedgerResponse.ts';
import type { CloseAccountRequest as _tacet_ledger_v1_CloseAccountRequest, CloseAccountRequest__Output as _tacet_ledger_v1_CloseAccountRequest__Output } from '../../../tacet/ledger/v1/CloseAccountRequest.ts';
import type { CloseAccountResponse as _tacet_ledger_v1_CloseAccountResponse, CloseAccountResponse__Output as _tacet_ledger_v1_CloseAccountResponse__Output } from '../../../tacet/ledger/v1/CloseAccountResponse.ts';
import type { CorrectBalanceRequest as _tacet_ledger_v1_CorrectBalanceRequest, CorrectBalanceRequest__Output as _tacet_ledger_v1_CorrectBalanceRequest__Output } from '../../../tacet/ledger/v1/CorrectBalanceRequest.ts';
import type { CreateCheckoutRequest as _tacet_ledger_v1_CreateCheckoutRequest, CreateCheckoutRequest__Output as _tacet_ledger_v1_CreateCheckoutRequest__Output } from '../../../tacet/ledger/v1/CreateCheckoutRequest.ts';
import type { CreateCheckoutResponse as _tacet_ledger_v1_CreateCheckoutResponse, CreateCheckoutResponse__Output as _tacet_ledger_v1_CreateCheckoutResponse__Output } from '../../../tacet/ledger/v1/CreateCheckoutResponse.ts';
import type { CreatePortalRequest as _tacet_ledger_v1_CreatePortalRequest, CreatePortalRequest__Output as _tacet_ledger_v1_CreatePortalRequest__Output } from '../../../tacet/ledger/v1/CreatePortalRequest.ts';
import type { CreatePortalResponse as _tacet_ledger_v1_CreatePortalResponse, CreatePortalResponse__Output as _tacet_ledger_v1_CreatePortalResponse__Output } from '../../../tacet/ledger/v1/CreatePortalResponse.ts';
import type { DeadLetter as _tacet_ledger_v1_DeadLetter, DeadLetter__Output as _tacet_ledger_v1_DeadLetter__Output } from '../../../tacet/ledger/v1/DeadLetter.ts';
import type { ForgetAccountRequest as _tacet_ledger_v1_ForgetAccountRequest, ForgetAccountRequest__Output as _tacet_ledger_v1_ForgetAccountRequest__Output } from '../../../tacet/ledger/v1/ForgetAccountRequest.ts';
import type { ForgetAccountResponse as _tacet_ledger_v1_ForgetAccountResponse, ForgetAccountResponse__Output as _tacet_ledger_v1_ForgetAccountResponse__Output } from '../../../tacet/ledger/v1/ForgetAccountResponse.ts';
import type { GetBalanceRequest as _tacet_ledger_v1_GetBalanceRequest, GetBalanceRequest__Output as _tacet_ledger_v1_GetBalanceRequest__Output } from '../../../tacet/ledger/v1/GetBalanceRequest.ts';
import type { GetGenerationRequest as _tacet_ledger_v1_GetGenerationRequest, GetGenerationRequest__Output as _tacet_ledger_v1_GetGenerationRequest__Output } from '../../../tacet/ledger/v1/GetGenerationRequest.ts';
import type { GetKeySpendRequest as _tacet_ledger_v1_GetKeySpendRequest, GetKeySpendRequest__Output as _tacet_ledger_v1_GetKeySpendRequest__Output } from '../../../tacet/ledger/v1/GetKeySpendRequest.ts';
import type { GetPaymentsRequest as _tacet_ledger_v1_GetPaymentsRequest, GetPaymentsRequest__Output as _tacet_ledger_v1_GetPaymentsRequest__Output } from '../../../tacet/ledger/v1/GetPaymentsRequest.ts';
import type { GrantCreditRequest as _tacet_ledger_v1_GrantCreditRequest, GrantCreditRequest__Output as _tacet_ledger_v1_GrantCreditRequest__Output } from '../../../tacet/ledger/v1/GrantCreditRequest.ts';
import type { HeartbeatRequest as _tacet_ledger_v1_HeartbeatRequest, HeartbeatRequest__Output as _tacet_ledger_v1_HeartbeatRequest__Output } from '../../../tacet/ledger/v1/HeartbeatRequest.ts';
import type { HeartbeatResponse as _tacet_ledger_v1_HeartbeatResponse, HeartbeatResponse__Output as _tacet_ledger_v1_HeartbeatResponse__Output } from '../../../tacet/ledger/v1/HeartbeatResponse.ts';
import type { KeySpend as _tacet_ledger_v1_KeySpend, KeySpend__Output as _tacet_ledger_v1_KeySpend__Output } from '../../../tacet/ledger/v1/KeySpend.ts';
import type { ListDeadLettersRequest as _tacet_ledger_v1_ListDeadLettersRequest, ListDeadLettersRequest__Output as _tacet_ledger_v1_ListDeadLettersRequest__Output } from '../../../tacet/ledger/v1/ListDeadLettersRequest.ts';
import type { ListStatementRequest as _tacet_ledger_v1_ListStatementRequest, ListStatementRequest__Output as _tacet_ledger_v1_ListStatementRequest__Output } from '../../../tacet/ledger/v1/ListStatementRequest.ts';
import type { ListTransfersRequest as _tacet_ledger_v1_ListTransfersRequest, ListTransfersRequest__Output as _tacet_ledger_v1_ListTransfersRequest__Output } from '../../../tacet/ledger/v1/ListTransfersRequest.ts';
import type { ListUsageRequest as _tacet_ledger_v1_ListUsageRequest, ListUsageRequest__Output as _tacet_ledger_v1_ListUsageRequest__Output } from '../../../tacet/ledger/v1/ListUsageRequest.ts';
import type { OpenAccountRequest as _tacet_ledger_v1_OpenAccountRequest, OpenAccountRequest__Output as _tacet_ledger_v1_OpenAccountRequest__Output } from '../../../tacet/ledger/v1/OpenAccountRequest.ts';
import type { OpenAccountResponse as _tacet_ledger_v1_OpenAccountResponse, OpenAccountResponse__Output as _tacet_ledger_v1_OpenAccountResponse__Output } from '../../../tacet/ledger/v1/OpenAccountResponse.ts';
import type { OpenEdgeSessionRequest as _tacet_ledger_v1_OpenEdgeSessionRequest, OpenEdgeSessionRequest__Output as _tacet_ledger_v1_OpenEdgeSessionRequest__Output } from '../../../tacet/ledger/v1/OpenEdgeSessionRequest.ts';
import type { OpenEdgeSessionResponse as _tacet_ledger_v1_OpenEdgeSessionResponse, OpenEdgeSessionResponse__Output as _tacet_ledger_v1_OpenEdgeSessionResponse__Output } from '../../../tacet/ledger/v1/OpenEdgeSessionResponse.ts';
import type { Payments as _tacet_ledger_v1_Payments, Payments__Output as _tacet_ledger_v1_Payments__Output } from '../../../tacet/ledger/v1/Payments.ts';
import type { RefundTopUpRequest as _tacet_ledger_v1_RefundTopUpRequest, RefundTopUpRequest__Output as _tacet_ledger_v1_RefundTopUpRequest__Output } from '../../../tacet/ledger/v1/RefundTopUpRequest.ts';
import type { RefundTopUpResponse as _tacet_ledger_v1_RefundTopUpResponse, RefundTopUpResponse__Output as _tacet_ledger_v1_RefundTopUpResponse__Output } from '../../../tacet/ledger/v1/RefundTopUpResponse.ts';
import type { RequestUsage as _tacet_ledger_v1_RequestUsage, RequestUsage__Output as _tacet_ledger_v1_RequestUsage__Output } from '../../../tacet/ledger/v1/RequestUsage.ts';
import type { RetryDeadLettersRequest as _tacet_ledger_v1_RetryDeadLettersRequest, RetryDeadLettersRequest__Output as _tacet_ledger_v1_RetryDeadLettersRequest__Output } from '../../../tacet/ledger/v1/RetryDeadLettersRequest.ts';
import type { RetryDeadLettersResponse as _tacet_ledger_v1_RetryDeadLettersResponse, RetryDeadLettersResponse__Output as _tacet_ledger_v1_RetryDeadLettersResponse__Output } from '../../../tacet/ledger/v1/RetryDeadLettersResponse.ts';
import type { SetAutoTopUpRequest as _tacet_ledger_v1_SetAutoTopUpRequest, SetAutoTopUpRequest__Output as _tacet_ledger_v1_SetAutoTopUpRequest__Output } from '../../../tacet/ledger/v1/SetAutoTopUpRequest.ts';
import type { SetLeaseRequest as _tacet_ledger_v1_SetLeaseRequest, SetLeaseRequest__Output as _tacet_ledger_v1_SetLeaseRequest__Output } from '../../../tacet/ledger/v1/SetLeaseRequest.ts';
import type { SetLeaseResponse as _tacet_ledger_v1_SetLeaseResponse, SetLeaseResponse__Output as _tacet_ledger_v1_SetLeaseResponse__Output } from '../../../tacet/ledger/v1/SetLeaseResponse.ts';
import type { SetOverdraftRequest as _tacet_ledger_v1_SetOverdraftRequest, SetOverdraftRequest__Output as _tacet_ledger_v1_SetOverdraftRequest__Output } from '../../../tacet/ledger/v1/SetOverdraftRequest.ts';
import type { StatementLine as _tacet_ledger_v1_StatementLine, StatementLine__Output as _tacet_ledger_v1_StatementLine__Output } from '../../../tacet/ledger/v1/StatementLine.ts';
import type { SuspendAccountRequest as _tacet_ledger_v1_SuspendAccountRequest, SuspendAccountRequest__Output as _tacet_ledger_v1_SuspendAccountRequest__Output } from '../../../tacet/ledger/v1/SuspendAccountRequest.ts';
import type { Transfer as _tacet_ledger_v1_Transfer, Transfer__Output as _tacet_ledger_v1_Transfer__Output } from '../../../tacet/ledger/v1/Transfer.ts';
import type { UsageRow as _tacet_ledger_v1_UsageRow, UsageRow__Output as _tacet_ledger_v1_UsageRow__Output } from '../../../tacet/ledger/v1/UsageRow.ts';

/**
 * Billing's door. Money is nano-USD in int64 (decimal strings in JSON and in
 * JavaScript); ids are 16 bytes; times are UTC milliseconds of the Unix epoch.
 * Who may call which rpc is decided by the URI in the client's certificate:
 * "edge", "account" or "operator", as the comment of each rpc says.
 */
export interface LedgerClient extends grpc.Client {
  /**
   * edge. Hands over no-log totals (always by this door) and, where there is
   * no Kafka, the outbox itself. Errors: field_invalid, batch_too_large.
   */
  AppendUsage(argument: _tacet_ledger_v1_AppendUsageRequest, metadata: grpc.Metadata, options: grpc.CallOptions, callback: grpc.requestCallback<_tacet_ledger_v1_AppendUsageResponse__Output>): grpc.ClientUnaryCall;
  AppendUsage(argument: _tacet_ledger_v1_AppendUsageRequest, metadata: grpc.Metadata, callback: grpc.requestCallback<_tacet_ledger_v1_AppendUsageResponse__Output>): grpc.ClientUnaryCall;
  AppendUsage(argument: _tacet_ledger_v1_AppendUsageRequest, options: grpc.CallOptions, callback: grpc.requestCallback<_tacet_ledger_v1_AppendUsageResponse__Output>): grpc.ClientUnaryCall;
  AppendUsage(argument: _tacet_ledger_v1_AppendUsageRequest, callback: grpc.requestCallback<_tacet_ledger_v1_AppendUsageResponse__Output>): grpc.ClientUnaryCall;
  /**
   * edge. Hands over no-log totals (always by this door) and, where there is
   * no Kafka, the outbox itself. Errors: field_invalid, batch_too_large.
   */
  appendUsage(argument: _tacet_ledger_v1_AppendUsageRequest, metadata: grpc.Metadata, options: grpc.CallOptions, callback: grpc.requestCallback<_tacet_ledger_v1_AppendUsageResponse__Output>): grpc.ClientUnaryCall;
  appendUsage(argument: _tacet_ledger_v1_AppendUsageRequest, metadata: grpc.Metadata, callback: grpc.requestCallback<_tacet_ledger_v1_AppendUsageResponse__Output>): grpc.ClientUnaryCall;
  appendUsage(argument: _tacet_ledger_v1_AppendUsageRequest, options: grpc.CallOptions, callback: grpc.requestCallback<_tacet_ledger_v1_AppendUsageResponse__Output>): grpc.ClientUnaryCall;
  appendUsage(argument: _tacet_ledger_v1_AppendUsageRequest, callback: grpc.requestCallback<_tacet_ledger_v1_AppendUsageResponse__Output>): grpc.ClientUnaryCall;
  
  /**
   * operator. Publishes models with their limits, and a new immutable price
   * version for each model whose prices changed. Idempotent.
   */
  ApplyPrices(argument: _tacet_ledger_v1_ApplyPricesRequest, metadata: grpc.Metadata, options: grpc.CallOptions, callback: grpc.requestCallback<_tacet_ledger_v1_ApplyPricesResponse__Output>): grpc.ClientUnaryCall;
  ApplyPrices(argument: _tacet_ledger_v1_ApplyPricesRequest, metadata: grpc.Metadata, callback: grpc.requestCallback<_tacet_ledger_v1_ApplyPricesResponse__Output>): grpc.ClientUnaryCall;
  ApplyPrices(argument: _tacet_ledger_v1_ApplyPricesRequest, options: grpc.CallOptions, callback: grpc.requestCallback<_tacet_ledger_v1_ApplyPricesResponse__Output>): grpc.ClientUnaryCall;
  ApplyPrices(argument: _tacet_ledger_v1_ApplyPricesRequest, callback: grpc.requestCallback<_tacet_ledger_v1_ApplyPricesResponse__Output>): grpc.ClientUnaryCall;
  /**
   * operator. Publishes models with their limits, and a new immutable price
   * version for each model whose prices changed. Idempotent.
   */
  applyPrices(argument: _tacet_ledger_v1_ApplyPricesRequest, metadata: grpc.Metadata, options: grpc.CallOptions, callback: grpc.requestCallback<_tacet_ledger_v1_ApplyPricesResponse__Output>): grpc.ClientUnaryCall;
  applyPrices(argument: _tacet_ledger_v1_ApplyPricesRequest, metadata: grpc.Metadata, callback: grpc.requestCallback<_tacet_ledger_v1_ApplyPricesResponse__Output>): grpc.ClientUnaryCall;
  applyPrices(argument: _tacet_ledger_v1_ApplyPricesRequest, options: grpc.CallOptions, callback: grpc.requestCallback<_tacet_ledger_v1_ApplyPricesResponse__Output>): grpc.ClientUnaryCall;
  applyPrices(argument: _tacet_ledger_v1_ApplyPricesRequest, callback: grpc.requestCallback<_tacet_ledger_v1_ApplyPricesResponse__Output>): grpc.ClientUnaryCall;
  
  /**
   * operator. Runs the invariants and answers one row for each.
   */
  CheckLedger(argument: _tacet_ledger_v1_CheckLedgerRequest, metadata: grpc.Metadata, options: grpc.CallOptions, callback: grpc.requestCallback<_tacet_ledger_v1_CheckLedgerResponse__Output>): grpc.ClientUnaryCall;
  CheckLedger(argument: _tacet_ledger_v1_CheckLedgerRequest, metadata: grpc.Metadata, callback: grpc.requestCallback<_tacet_ledger_v1_CheckLedgerResponse__Output>): grpc.ClientUnaryCall;
  CheckLedger(argument: _tacet_ledger_v1_CheckLedgerRequest, options: grpc.CallOptions, callback: grpc.requestCallback<_tacet_ledger_v1_CheckLedgerResponse__Output>): grpc.ClientUnaryCall;
  CheckLedger(argument: _tacet_ledger_v1_CheckLedgerRequest, callback: grpc.requestCallback<_tacet_ledger_v1_CheckLedgerResponse__Output>): grpc.ClientUnaryCall;
  /**
   * operator. Runs the invariants and answers one row for each.
   */
  checkLedger(argument: _tacet_ledger_v1_CheckLedgerRequest, metadata: grpc.Metadata, options: grpc.CallOptions, callback: grpc.requestCallback<_tacet_ledger_v1_CheckLedgerResponse__Output>): grpc.ClientUnaryCall;
  checkLedger(argument: _tacet_ledger_v1_CheckLedgerRequest, metadata: grpc.Metadata, callback: grpc.requestCallback<_tacet_ledger_v1_CheckLedgerResponse__Output>): grpc.ClientUnaryCall;
  checkLedger(argument: _tacet_ledger_v1_CheckLedgerRequest, options: grpc.CallOptions, callback: grpc.requestCallback<_tacet_ledger_v1_CheckLedgerResponse__Output>): grpc.ClientUnaryCall;
  checkLedger(argument: _tacet_ledger_v1_CheckLedgerRequest, callback: grpc.requestCallback<_tacet_ledger_v1_CheckLedgerResponse__Output>): grpc.ClientUnaryCall;
  
  /**
   * account (the deletion saga). Refuses new leases; answers whether every
   * lease of the account is closed. Called until it is, for 2 minutes at most.
   */
  CloseAccount(argument: _tacet_ledger_v1_CloseAccountRequest, metadata: grpc.Metadata, options: grpc.CallOptions, callback: grpc.requestCallback<_tacet_ledger_v1_CloseAccountResponse__Output>): grpc.ClientUnaryCall;
  CloseAccount(argument: _tacet_ledger_v1_CloseAccountRequest, metadata: grpc.Metadata, callback: grpc.requestCallback<_tacet_ledger_v1_CloseAccountResponse__Output>): grpc.ClientUnaryCall;
  CloseAccount(argument: _tacet_ledger_v1_CloseAccountRequest, options: grpc.CallOptions, callback: grpc.requestCallback<_tacet_ledger_v1_CloseAccountResponse__Output>): grpc.ClientUnaryCall;
  CloseAccount(argument: _tacet_ledger_v1_CloseAccountRequest, callback: grpc.requestCallback<_tacet_ledger_v1_CloseAccountResponse__Output>): grpc.ClientUnaryCall;
  /**
   * account (the deletion saga). Refuses new leases; answers whether every
   * lease of the account is closed. Called until it is, for 2 minutes at most.
   */
  closeAccount(argument: _tacet_ledger_v1_CloseAccountRequest, metadata: grpc.Metadata, options: grpc.CallOptions, callback: grpc.requestCallback<_tacet_ledger_v1_CloseAccountResponse__Output>): grpc.ClientUnaryCall;
  closeAccount(argument: _tacet_ledger_v1_CloseAccountRequest, metadata: grpc.Metadata, callback: grpc.requestCallback<_tacet_ledger_v1_CloseAccountResponse__Output>): grpc.ClientUnaryCall;
  closeAccount(argument: _tacet_ledger_v1_CloseAccountRequest, options: grpc.CallOptions, callback: grpc.requestCallback<_tacet_ledger_v1_CloseAccountResponse__Output>): grpc.ClientUnaryCall;
  closeAccount(argument: _tacet_ledger_v1_CloseAccountRequest, callback: grpc.requestCallback<_tacet_ledger_v1_CloseAccountResponse__Output>): grpc.ClientUnaryCall;
  
  /**
   * operator. Puts something right by a new transfer between an account and the
   * ledger; nothing is ever changed. Idempotent by correction_id. Errors:
   * insufficient_balance (more than is available would be taken), conflict.
   */
  CorrectBalance(argument: _tacet_ledger_v1_CorrectBalanceRequest, metadata: grpc.Metadata, options: grpc.CallOptions, callback: grpc.requestCallback<_tacet_ledger_v1_Balance__Output>): grpc.ClientUnaryCall;
  CorrectBalance(argument: _tacet_ledger_v1_CorrectBalanceRequest, metadata: grpc.Metadata, callback: grpc.requestCallback<_tacet_ledger_v1_Balance__Output>): grpc.ClientUnaryCall;
  CorrectBalance(argument: _tacet_ledger_v1_CorrectBalanceRequest, options: grpc.CallOptions, callback: grpc.requestCallback<_tacet_ledger_v1_Balance__Output>): grpc.ClientUnaryCall;
  CorrectBalance(argument: _tacet_ledger_v1_CorrectBalanceRequest, callback: grpc.requestCallback<_tacet_ledger_v1_Balance__Output>): grpc.ClientUnaryCall;
  /**
   * operator. Puts something right by a new transfer between an account and the
   * ledger; nothing is ever changed. Idempotent by correction_id. Errors:
   * insufficient_balance (more than is available would be taken), conflict.
   */
  correctBalance(argument: _tacet_ledger_v1_CorrectBalanceRequest, metadata: grpc.Metadata, options: grpc.CallOptions, callback: grpc.requestCallback<_tacet_ledger_v1_Balance__Output>): grpc.ClientUnaryCall;
  correctBalance(argument: _tacet_ledger_v1_CorrectBalanceRequest, metadata: grpc.Metadata, callback: grpc.requestCallback<_tacet_ledger_v1_Balance__Output>): grpc.ClientUnaryCall;
  correctBalance(argument: _tacet_ledger_v1_CorrectBalanceRequest, options: grpc.CallOptions, callback: grpc.requestCallback<_tacet_ledger_v1_Balance__Output>): grpc.ClientUnaryCall;
  correctBalance(argument: _tacet_ledger_v1_CorrectBalanceRequest, callback: grpc.requestCallback<_tacet_ledger_v1_Balance__Output>): grpc.ClientUnaryCall;
  
  /**
   * account. Opens a page of Stripe where the customer buys credit, once or every
   * month. Idempotent by request_id. Errors: payments_closed, field_invalid,
   * conflict (request_id names another purchase, there is a subscription
   * already, the account is being deleted), unavailable.
   */
  CreateCheckout(argument: _tacet_ledger_v1_CreateCheckoutRequest, metadata: grpc.Metadata, options: grpc.CallOptions, callback: grpc.requestCallback<_tacet_ledger_v1_CreateCheckoutResponse__Output>): grpc.ClientUnaryCall;
  CreateCheckout(argument: _tacet_ledger_v1_CreateCheckoutRequest, metadata: grpc.Metadata, callback: grpc.requestCallback<_tacet_ledger_v1_CreateCheckoutResponse__Output>): grpc.ClientUnaryCall;
  CreateCheckout(argument: _tacet_ledger_v1_CreateCheckoutRequest, options: grpc.CallOptions, callback: grpc.requestCallback<_tacet_ledger_v1_CreateCheckoutResponse__Output>): grpc.ClientUnaryCall;
  CreateCheckout(argument: _tacet_ledger_v1_CreateCheckoutRequest, callback: grpc.requestCallback<_tacet_ledger_v1_CreateCheckoutResponse__Output>): grpc.ClientUnaryCall;
  /**
   * account. Opens a page of Stripe where the customer buys credit, once or every
   * month. Idempotent by request_id. Errors: payments_closed, field_invalid,
   * conflict (request_id names another purchase, there is a subscription
   * already, the account is being deleted), unavailable.
   */
  createCheckout(argument: _tacet_ledger_v1_CreateCheckoutRequest, metadata: grpc.Metadata, options: grpc.CallOptions, callback: grpc.requestCallback<_tacet_ledger_v1_CreateCheckoutResponse__Output>): grpc.ClientUnaryCall;
  createCheckout(argument: _tacet_ledger_v1_CreateCheckoutRequest, metadata: grpc.Metadata, callback: grpc.requestCallback<_tacet_ledger_v1_CreateCheckoutResponse__Output>): grpc.ClientUnaryCall;
  createCheckout(argument: _tacet_ledger_v1_CreateCheckoutRequest, options: grpc.CallOptions, callback: grpc.requestCallback<_tacet_ledger_v1_CreateCheckoutResponse__Output>): grpc.ClientUnaryCall;
  createCheckout(argument: _tacet_ledger_v1_CreateCheckoutRequest, callback: grpc.requestCallback<_tacet_ledger_v1_CreateCheckoutResponse__Output>): grpc.ClientUnaryCall;
  
  /**
   * account. Opens Stripe's customer portal: cards, invoices, the end of a
   * subscription. Errors: payments_closed, not_found (nothing was bought yet),
   * unavailable.
   */
  CreatePortal(argument: _tacet_ledger_v1_CreatePortalRequest, metadata: grpc.Metadata, options: grpc.CallOptions, callback: grpc.requestCallback<_tacet_ledger_v1_CreatePortalResponse__Output>): grpc.ClientUnaryCall;
  CreatePortal(argument: _tacet_ledger_v1_CreatePortalRequest, metadata: grpc.Metadata, callback: grpc.requestCallback<_tacet_ledger_v1_CreatePortalResponse__Output>): grpc.ClientUnaryCall;
  CreatePortal(argument: _tacet_ledger_v1_CreatePortalRequest, options: grpc.CallOptions, callback: grpc.requestCallback<_tacet_ledger_v1_CreatePortalResponse__Output>): grpc.ClientUnaryCall;
  CreatePortal(argument: _tacet_ledger_v1_CreatePortalRequest, callback: grpc.requestCallback<_tacet_ledger_v1_CreatePortalResponse__Output>): grpc.ClientUnaryCall;
  /**
   * account. Opens Stripe's customer portal: cards, invoices, the end of a
   * subscription. Errors: payments_closed, not_found (nothing was bought yet),
   * unavailable.
   */
  createPortal(argument: _tacet_ledger_v1_CreatePortalRequest, metadata: grpc.Metadata, options: grpc.CallOptions, callback: grpc.requestCallback<_tacet_ledger_v1_CreatePortalResponse__Output>): grpc.ClientUnaryCall;
  createPortal(argument: _tacet_ledger_v1_CreatePortalRequest, metadata: grpc.Metadata, callback: grpc.requestCallback<_tacet_ledger_v1_CreatePortalResponse__Output>): grpc.ClientUnaryCall;
  createPortal(argument: _tacet_ledger_v1_CreatePortalRequest, options: grpc.CallOptions, callback: grpc.requestCallback<_tacet_ledger_v1_CreatePortalResponse__Output>): grpc.ClientUnaryCall;
  createPortal(argument: _tacet_ledger_v1_CreatePortalRequest, callback: grpc.requestCallback<_tacet_ledger_v1_CreatePortalResponse__Output>): grpc.ClientUnaryCall;
  
  /**
   * account (the deletion saga, after CloseAccount). Forfeits the balance,
   * removes the account's rows and leaves one net transfer a month without an
   * id. Idempotent.
   */
  ForgetAccount(argument: _tacet_ledger_v1_ForgetAccountRequest, metadata: grpc.Metadata, options: grpc.CallOptions, callback: grpc.requestCallback<_tacet_ledger_v1_ForgetAccountResponse__Output>): grpc.ClientUnaryCall;
  ForgetAccount(argument: _tacet_ledger_v1_ForgetAccountRequest, metadata: grpc.Metadata, callback: grpc.requestCallback<_tacet_ledger_v1_ForgetAccountResponse__Output>): grpc.ClientUnaryCall;
  ForgetAccount(argument: _tacet_ledger_v1_ForgetAccountRequest, options: grpc.CallOptions, callback: grpc.requestCallback<_tacet_ledger_v1_ForgetAccountResponse__Output>): grpc.ClientUnaryCall;
  ForgetAccount(argument: _tacet_ledger_v1_ForgetAccountRequest, callback: grpc.requestCallback<_tacet_ledger_v1_ForgetAccountResponse__Output>): grpc.ClientUnaryCall;
  /**
   * account (the deletion saga, after CloseAccount). Forfeits the balance,
   * removes the account's rows and leaves one net transfer a month without an
   * id. Idempotent.
   */
  forgetAccount(argument: _tacet_ledger_v1_ForgetAccountRequest, metadata: grpc.Metadata, options: grpc.CallOptions, callback: grpc.requestCallback<_tacet_ledger_v1_ForgetAccountResponse__Output>): grpc.ClientUnaryCall;
  forgetAccount(argument: _tacet_ledger_v1_ForgetAccountRequest, metadata: grpc.Metadata, callback: grpc.requestCallback<_tacet_ledger_v1_ForgetAccountResponse__Output>): grpc.ClientUnaryCall;
  forgetAccount(argument: _tacet_ledger_v1_ForgetAccountRequest, options: grpc.CallOptions, callback: grpc.requestCallback<_tacet_ledger_v1_ForgetAccountResponse__Output>): grpc.ClientUnaryCall;
  forgetAccount(argument: _tacet_ledger_v1_ForgetAccountRequest, callback: grpc.requestCallback<_tacet_ledger_v1_ForgetAccountResponse__Output>): grpc.ClientUnaryCall;
  
  /**
   * account, operator. Errors: not_found.
   */
  GetBalance(argument: _tacet_ledger_v1_GetBalanceRequest, metadata: grpc.Metadata, options: grpc.CallOptions, callback: grpc.requestCallback<_tacet_ledger_v1_Balance__Output>): grpc.ClientUnaryCall;
  GetBalance(argument: _tacet_ledger_v1_GetBalanceRequest, metadata: grpc.Metadata, callback: grpc.requestCallback<_tacet_ledger_v1_Balance__Output>): grpc.ClientUnaryCall;
  GetBalance(argument: _tacet_ledger_v1_GetBalanceRequest, options: grpc.CallOptions, callback: grpc.requestCallback<_tacet_ledger_v1_Balance__Output>): grpc.ClientUnaryCall;
  GetBalance(argument: _tacet_ledger_v1_GetBalanceRequest, callback: grpc.requestCallback<_tacet_ledger_v1_Balance__Output>): grpc.ClientUnaryCall;
  /**
   * account, operator. Errors: not_found.
   */
  getBalance(argument: _tacet_ledger_v1_GetBalanceRequest, metadata: grpc.Metadata, options: grpc.CallOptions, callback: grpc.requestCallback<_tacet_ledger_v1_Balance__Output>): grpc.ClientUnaryCall;
  getBalance(argument: _tacet_ledger_v1_GetBalanceRequest, metadata: grpc.Metadata, callback: grpc.requestCallback<_tacet_ledger_v1_Balance__Output>): grpc.ClientUnaryCall;
  getBalance(argument: _tacet_ledger_v1_GetBalanceRequest, options: grpc.CallOptions, callback: grpc.requestCallback<_tacet_ledger_v1_Balance__Output>): grpc.ClientUnaryCall;
  getBalance(argument: _tacet_ledger_v1_GetBalanceRequest, callback: grpc.requestCallback<_tacet_ledger_v1_Balance__Output>): grpc.ClientUnaryCall;
  
  /**
   * edge. One request of a normal key, for GET /v1/generation. Errors:
   * not_found (also when it is another account's).
   */
  GetGeneration(argument: _tacet_ledger_v1_GetGenerationRequest, metadata: grpc.Metadata, options: grpc.CallOptions, callback: grpc.requestCallback<_tacet_ledger_v1_RequestUsage__Output>): grpc.ClientUnaryCall;
  GetGeneration(argument: _tacet_ledger_v1_GetGenerationRequest, metadata: grpc.Metadata, callback: grpc.requestCallback<_tacet_ledger_v1_RequestUsage__Output>): grpc.ClientUnaryCall;
  GetGeneration(argument: _tacet_ledger_v1_GetGenerationRequest, options: grpc.CallOptions, callback: grpc.requestCallback<_tacet_ledger_v1_RequestUsage__Output>): grpc.ClientUnaryCall;
  GetGeneration(argument: _tacet_ledger_v1_GetGenerationRequest, callback: grpc.requestCallback<_tacet_ledger_v1_RequestUsage__Output>): grpc.ClientUnaryCall;
  /**
   * edge. One request of a normal key, for GET /v1/generation. Errors:
   * not_found (also when it is another account's).
   */
  getGeneration(argument: _tacet_ledger_v1_GetGenerationRequest, metadata: grpc.Metadata, options: grpc.CallOptions, callback: grpc.requestCallback<_tacet_ledger_v1_RequestUsage__Output>): grpc.ClientUnaryCall;
  getGeneration(argument: _tacet_ledger_v1_GetGenerationRequest, metadata: grpc.Metadata, callback: grpc.requestCallback<_tacet_ledger_v1_RequestUsage__Output>): grpc.ClientUnaryCall;
  getGeneration(argument: _tacet_ledger_v1_GetGenerationRequest, options: grpc.CallOptions, callback: grpc.requestCallback<_tacet_ledger_v1_RequestUsage__Output>): grpc.ClientUnaryCall;
  getGeneration(argument: _tacet_ledger_v1_GetGenerationRequest, callback: grpc.requestCallback<_tacet_ledger_v1_RequestUsage__Output>): grpc.ClientUnaryCall;
  
  /**
   * edge. What a key and its account have and have spent, for GET /v1/key and
   * /v1/credits. Errors: not_found.
   */
  GetKeySpend(argument: _tacet_ledger_v1_GetKeySpendRequest, metadata: grpc.Metadata, options: grpc.CallOptions, callback: grpc.requestCallback<_tacet_ledger_v1_KeySpend__Output>): grpc.ClientUnaryCall;
  GetKeySpend(argument: _tacet_ledger_v1_GetKeySpendRequest, metadata: grpc.Metadata, callback: grpc.requestCallback<_tacet_ledger_v1_KeySpend__Output>): grpc.ClientUnaryCall;
  GetKeySpend(argument: _tacet_ledger_v1_GetKeySpendRequest, options: grpc.CallOptions, callback: grpc.requestCallback<_tacet_ledger_v1_KeySpend__Output>): grpc.ClientUnaryCall;
  GetKeySpend(argument: _tacet_ledger_v1_GetKeySpendRequest, callback: grpc.requestCallback<_tacet_ledger_v1_KeySpend__Output>): grpc.ClientUnaryCall;
  /**
   * edge. What a key and its account have and have spent, for GET /v1/key and
   * /v1/credits. Errors: not_found.
   */
  getKeySpend(argument: _tacet_ledger_v1_GetKeySpendRequest, metadata: grpc.Metadata, options: grpc.CallOptions, callback: grpc.requestCallback<_tacet_ledger_v1_KeySpend__Output>): grpc.ClientUnaryCall;
  getKeySpend(argument: _tacet_ledger_v1_GetKeySpendRequest, metadata: grpc.Metadata, callback: grpc.requestCallback<_tacet_ledger_v1_KeySpend__Output>): grpc.ClientUnaryCall;
  getKeySpend(argument: _tacet_ledger_v1_GetKeySpendRequest, options: grpc.CallOptions, callback: grpc.requestCallback<_tacet_ledger_v1_KeySpend__Output>): grpc.ClientUnaryCall;
  getKeySpend(argument: _tacet_ledger_v1_GetKeySpendRequest, callback: grpc.requestCallback<_tacet_ledger_v1_KeySpend__Output>): grpc.ClientUnaryCall;
  
  /**
   * account, operator. What is known of an account's payments. Errors:
   * not_found.
   */
  GetPayments(argument: _tacet_ledger_v1_GetPaymentsRequest, metadata: grpc.Metadata, options: grpc.CallOptions, callback: grpc.requestCallback<_tacet_ledger_v1_Payments__Output>): grpc.ClientUnaryCall;
  GetPayments(argument: _tacet_ledger_v1_GetPaymentsRequest, metadata: grpc.Metadata, callback: grpc.requestCallback<_tacet_ledger_v1_Payments__Output>): grpc.ClientUnaryCall;
  GetPayments(argument: _tacet_ledger_v1_GetPaymentsRequest, options: grpc.CallOptions, callback: grpc.requestCallback<_tacet_ledger_v1_Payments__Output>): grpc.ClientUnaryCall;
  GetPayments(argument: _tacet_ledger_v1_GetPaymentsRequest, callback: grpc.requestCallback<_tacet_ledger_v1_Payments__Output>): grpc.ClientUnaryCall;
  /**
   * account, operator. What is known of an account's payments. Errors:
   * not_found.
   */
  getPayments(argument: _tacet_ledger_v1_GetPaymentsRequest, metadata: grpc.Metadata, options: grpc.CallOptions, callback: grpc.requestCallback<_tacet_ledger_v1_Payments__Output>): grpc.ClientUnaryCall;
  getPayments(argument: _tacet_ledger_v1_GetPaymentsRequest, metadata: grpc.Metadata, callback: grpc.requestCallback<_tacet_ledger_v1_Payments__Output>): grpc.ClientUnaryCall;
  getPayments(argument: _tacet_ledger_v1_GetPaymentsRequest, options: grpc.CallOptions, callback: grpc.requestCallback<_tacet_ledger_v1_Payments__Output>): grpc.ClientUnaryCall;
  getPayments(argument: _tacet_ledger_v1_GetPaymentsRequest, callback: grpc.requestCallback<_tacet_ledger_v1_Payments__Output>): grpc.ClientUnaryCall;
  
  /**
   * operator. Credits an account; idempotent by grant_id.
   */
  GrantCredit(argument: _tacet_ledger_v1_GrantCreditRequest, metadata: grpc.Metadata, options: grpc.CallOptions, callback: grpc.requestCallback<_tacet_ledger_v1_Balance__Output>): grpc.ClientUnaryCall;
  GrantCredit(argument: _tacet_ledger_v1_GrantCreditRequest, metadata: grpc.Metadata, callback: grpc.requestCallback<_tacet_ledger_v1_Balance__Output>): grpc.ClientUnaryCall;
  GrantCredit(argument: _tacet_ledger_v1_GrantCreditRequest, options: grpc.CallOptions, callback: grpc.requestCallback<_tacet_ledger_v1_Balance__Output>): grpc.ClientUnaryCall;
  GrantCredit(argument: _tacet_ledger_v1_GrantCreditRequest, callback: grpc.requestCallback<_tacet_ledger_v1_Balance__Output>): grpc.ClientUnaryCall;
  /**
   * operator. Credits an account; idempotent by grant_id.
   */
  grantCredit(argument: _tacet_ledger_v1_GrantCreditRequest, metadata: grpc.Metadata, options: grpc.CallOptions, callback: grpc.requestCallback<_tacet_ledger_v1_Balance__Output>): grpc.ClientUnaryCall;
  grantCredit(argument: _tacet_ledger_v1_GrantCreditRequest, metadata: grpc.Metadata, callback: grpc.requestCallback<_tacet_ledger_v1_Balance__Output>): grpc.ClientUnaryCall;
  grantCredit(argument: _tacet_ledger_v1_GrantCreditRequest, options: grpc.CallOptions, callback: grpc.requestCallback<_tacet_ledger_v1_Balance__Output>): grpc.ClientUnaryCall;
  grantCredit(argument: _tacet_ledger_v1_GrantCreditRequest, callback: grpc.requestCallback<_tacet_ledger_v1_Balance__Output>): grpc.ClientUnaryCall;
  
  /**
   * edge. Renews the session and repeats the newest SetLease of every lease
   * open or changed within the last 10 minutes. Errors: fenced.
   */
  Heartbeat(argument: _tacet_ledger_v1_HeartbeatRequest, metadata: grpc.Metadata, options: grpc.CallOptions, callback: grpc.requestCallback<_tacet_ledger_v1_HeartbeatResponse__Output>): grpc.ClientUnaryCall;
  Heartbeat(argument: _tacet_ledger_v1_HeartbeatRequest, metadata: grpc.Metadata, callback: grpc.requestCallback<_tacet_ledger_v1_HeartbeatResponse__Output>): grpc.ClientUnaryCall;
  Heartbeat(argument: _tacet_ledger_v1_HeartbeatRequest, options: grpc.CallOptions, callback: grpc.requestCallback<_tacet_ledger_v1_HeartbeatResponse__Output>): grpc.ClientUnaryCall;
  Heartbeat(argument: _tacet_ledger_v1_HeartbeatRequest, callback: grpc.requestCallback<_tacet_ledger_v1_HeartbeatResponse__Output>): grpc.ClientUnaryCall;
  /**
   * edge. Renews the session and repeats the newest SetLease of every lease
   * open or changed within the last 10 minutes. Errors: fenced.
   */
  heartbeat(argument: _tacet_ledger_v1_HeartbeatRequest, metadata: grpc.Metadata, options: grpc.CallOptions, callback: grpc.requestCallback<_tacet_ledger_v1_HeartbeatResponse__Output>): grpc.ClientUnaryCall;
  heartbeat(argument: _tacet_ledger_v1_HeartbeatRequest, metadata: grpc.Metadata, callback: grpc.requestCallback<_tacet_ledger_v1_HeartbeatResponse__Output>): grpc.ClientUnaryCall;
  heartbeat(argument: _tacet_ledger_v1_HeartbeatRequest, options: grpc.CallOptions, callback: grpc.requestCallback<_tacet_ledger_v1_HeartbeatResponse__Output>): grpc.ClientUnaryCall;
  heartbeat(argument: _tacet_ledger_v1_HeartbeatRequest, callback: grpc.requestCallback<_tacet_ledger_v1_HeartbeatResponse__Output>): grpc.ClientUnaryCall;
  
  /**
   * operator. Records that arrived whole but were not charged, oldest first.
   */
  ListDeadLetters(argument: _tacet_ledger_v1_ListDeadLettersRequest, metadata: grpc.Metadata, options?: grpc.CallOptions): grpc.ClientReadableStream<_tacet_ledger_v1_DeadLetter__Output>;
  ListDeadLetters(argument: _tacet_ledger_v1_ListDeadLettersRequest, options?: grpc.CallOptions): grpc.ClientReadableStream<_tacet_ledger_v1_DeadLetter__Output>;
  /**
   * operator. Records that arrived whole but were not charged, oldest first.
   */
  listDeadLetters(argument: _tacet_ledger_v1_ListDeadLettersRequest, metadata: grpc.Metadata, options?: grpc.CallOptions): grpc.ClientReadableStream<_tacet_ledger_v1_DeadLetter__Output>;
  listDeadLetters(argument: _tacet_ledger_v1_ListDeadLettersRequest, options?: grpc.CallOptions): grpc.ClientReadableStream<_tacet_ledger_v1_DeadLetter__Output>;
  
  /**
   * account, operator. The account's statement: every change of what is posted
   * with its cause, oldest first, so that the amounts add up to the balance.
   */
  ListStatement(argument: _tacet_ledger_v1_ListStatementRequest, metadata: grpc.Metadata, options?: grpc.CallOptions): grpc.ClientReadableStream<_tacet_ledger_v1_StatementLine__Output>;
  ListStatement(argument: _tacet_ledger_v1_ListStatementRequest, options?: grpc.CallOptions): grpc.ClientReadableStream<_tacet_ledger_v1_StatementLine__Output>;
  /**
   * account, operator. The account's statement: every change of what is posted
   * with its cause, oldest first, so that the amounts add up to the balance.
   */
  listStatement(argument: _tacet_ledger_v1_ListStatementRequest, metadata: grpc.Metadata, options?: grpc.CallOptions): grpc.ClientReadableStream<_tacet_ledger_v1_StatementLine__Output>;
  listStatement(argument: _tacet_ledger_v1_ListStatementRequest, options?: grpc.CallOptions): grpc.ClientReadableStream<_tacet_ledger_v1_StatementLine__Output>;
  
  /**
   * account, operator. Every movement of the account's money, oldest first.
   */
  ListTransfers(argument: _tacet_ledger_v1_ListTransfersRequest, metadata: grpc.Metadata, options?: grpc.CallOptions): grpc.ClientReadableStream<_tacet_ledger_v1_Transfer__Output>;
  ListTransfers(argument: _tacet_ledger_v1_ListTransfersRequest, options?: grpc.CallOptions): grpc.ClientReadableStream<_tacet_ledger_v1_Transfer__Output>;
  /**
   * account, operator. Every movement of the account's money, oldest first.
   */
  listTransfers(argument: _tacet_ledger_v1_ListTransfersRequest, metadata: grpc.Metadata, options?: grpc.CallOptions): grpc.ClientReadableStream<_tacet_ledger_v1_Transfer__Output>;
  listTransfers(argument: _tacet_ledger_v1_ListTransfersRequest, options?: grpc.CallOptions): grpc.ClientReadableStream<_tacet_ledger_v1_Transfer__Output>;
  
  /**
   * account, operator. Newest first. Normal keys: one row per request; then
   * the sums per period, which are all there is for no-log keys.
   */
  ListUsage(argument: _tacet_ledger_v1_ListUsageRequest, metadata: grpc.Metadata, options?: grpc.CallOptions): grpc.ClientReadableStream<_tacet_ledger_v1_UsageRow__Output>;
  ListUsage(argument: _tacet_ledger_v1_ListUsageRequest, options?: grpc.CallOptions): grpc.ClientReadableStream<_tacet_ledger_v1_UsageRow__Output>;
  /**
   * account, operator. Newest first. Normal keys: one row per request; then
   * the sums per period, which are all there is for no-log keys.
   */
  listUsage(argument: _tacet_ledger_v1_ListUsageRequest, metadata: grpc.Metadata, options?: grpc.CallOptions): grpc.ClientReadableStream<_tacet_ledger_v1_UsageRow__Output>;
  listUsage(argument: _tacet_ledger_v1_ListUsageRequest, options?: grpc.CallOptions): grpc.ClientReadableStream<_tacet_ledger_v1_UsageRow__Output>;
  
  /**
   * account. Makes the balance of a new account; idempotent.
   */
  OpenAccount(argument: _tacet_ledger_v1_OpenAccountRequest, metadata: grpc.Metadata, options: grpc.CallOptions, callback: grpc.requestCallback<_tacet_ledger_v1_OpenAccountResponse__Output>): grpc.ClientUnaryCall;
  OpenAccount(argument: _tacet_ledger_v1_OpenAccountRequest, metadata: grpc.Metadata, callback: grpc.requestCallback<_tacet_ledger_v1_OpenAccountResponse__Output>): grpc.ClientUnaryCall;
  OpenAccount(argument: _tacet_ledger_v1_OpenAccountRequest, options: grpc.CallOptions, callback: grpc.requestCallback<_tacet_ledger_v1_OpenAccountResponse__Output>): grpc.ClientUnaryCall;
  OpenAccount(argument: _tacet_ledger_v1_OpenAccountRequest, callback: grpc.requestCallback<_tacet_ledger_v1_OpenAccountResponse__Output>): grpc.ClientUnaryCall;
  /**
   * account. Makes the balance of a new account; idempotent.
   */
  openAccount(argument: _tacet_ledger_v1_OpenAccountRequest, metadata: grpc.Metadata, options: grpc.CallOptions, callback: grpc.requestCallback<_tacet_ledger_v1_OpenAccountResponse__Output>): grpc.ClientUnaryCall;
  openAccount(argument: _tacet_ledger_v1_OpenAccountRequest, metadata: grpc.Metadata, callback: grpc.requestCallback<_tacet_ledger_v1_OpenAccountResponse__Output>): grpc.ClientUnaryCall;
  openAccount(argument: _tacet_ledger_v1_OpenAccountRequest, options: grpc.CallOptions, callback: grpc.requestCallback<_tacet_ledger_v1_OpenAccountResponse__Output>): grpc.ClientUnaryCall;
  openAccount(argument: _tacet_ledger_v1_OpenAccountRequest, callback: grpc.requestCallback<_tacet_ledger_v1_OpenAccountResponse__Output>): grpc.ClientUnaryCall;
  
  /**
   * edge. Starts a session for a new epoch of an edge and fences all older
   * epochs. Errors: fenced (the epoch is not newer than a known one, or was
   * released), field_invalid.
   */
  OpenEdgeSession(argument: _tacet_ledger_v1_OpenEdgeSessionRequest, metadata: grpc.Metadata, options: grpc.CallOptions, callback: grpc.requestCallback<_tacet_ledger_v1_OpenEdgeSessionResponse__Output>): grpc.ClientUnaryCall;
  OpenEdgeSession(argument: _tacet_ledger_v1_OpenEdgeSessionRequest, metadata: grpc.Metadata, callback: grpc.requestCallback<_tacet_ledger_v1_OpenEdgeSessionResponse__Output>): grpc.ClientUnaryCall;
  OpenEdgeSession(argument: _tacet_ledger_v1_OpenEdgeSessionRequest, options: grpc.CallOptions, callback: grpc.requestCallback<_tacet_ledger_v1_OpenEdgeSessionResponse__Output>): grpc.ClientUnaryCall;
  OpenEdgeSession(argument: _tacet_ledger_v1_OpenEdgeSessionRequest, callback: grpc.requestCallback<_tacet_ledger_v1_OpenEdgeSessionResponse__Output>): grpc.ClientUnaryCall;
  /**
   * edge. Starts a session for a new epoch of an edge and fences all older
   * epochs. Errors: fenced (the epoch is not newer than a known one, or was
   * released), field_invalid.
   */
  openEdgeSession(argument: _tacet_ledger_v1_OpenEdgeSessionRequest, metadata: grpc.Metadata, options: grpc.CallOptions, callback: grpc.requestCallback<_tacet_ledger_v1_OpenEdgeSessionResponse__Output>): grpc.ClientUnaryCall;
  openEdgeSession(argument: _tacet_ledger_v1_OpenEdgeSessionRequest, metadata: grpc.Metadata, callback: grpc.requestCallback<_tacet_ledger_v1_OpenEdgeSessionResponse__Output>): grpc.ClientUnaryCall;
  openEdgeSession(argument: _tacet_ledger_v1_OpenEdgeSessionRequest, options: grpc.CallOptions, callback: grpc.requestCallback<_tacet_ledger_v1_OpenEdgeSessionResponse__Output>): grpc.ClientUnaryCall;
  openEdgeSession(argument: _tacet_ledger_v1_OpenEdgeSessionRequest, callback: grpc.requestCallback<_tacet_ledger_v1_OpenEdgeSessionResponse__Output>): grpc.ClientUnaryCall;
  
  /**
   * operator. Gives a payment back at Stripe, whole or in part; the ledger
   * follows within seconds. Idempotent by request_id. Errors: payments_closed,
   * not_found, field_invalid (more than is left), conflict, unavailable.
   */
  RefundTopUp(argument: _tacet_ledger_v1_RefundTopUpRequest, metadata: grpc.Metadata, options: grpc.CallOptions, callback: grpc.requestCallback<_tacet_ledger_v1_RefundTopUpResponse__Output>): grpc.ClientUnaryCall;
  RefundTopUp(argument: _tacet_ledger_v1_RefundTopUpRequest, metadata: grpc.Metadata, callback: grpc.requestCallback<_tacet_ledger_v1_RefundTopUpResponse__Output>): grpc.ClientUnaryCall;
  RefundTopUp(argument: _tacet_ledger_v1_RefundTopUpRequest, options: grpc.CallOptions, callback: grpc.requestCallback<_tacet_ledger_v1_RefundTopUpResponse__Output>): grpc.ClientUnaryCall;
  RefundTopUp(argument: _tacet_ledger_v1_RefundTopUpRequest, callback: grpc.requestCallback<_tacet_ledger_v1_RefundTopUpResponse__Output>): grpc.ClientUnaryCall;
  /**
   * operator. Gives a payment back at Stripe, whole or in part; the ledger
   * follows within seconds. Idempotent by request_id. Errors: payments_closed,
   * not_found, field_invalid (more than is left), conflict, unavailable.
   */
  refundTopUp(argument: _tacet_ledger_v1_RefundTopUpRequest, metadata: grpc.Metadata, options: grpc.CallOptions, callback: grpc.requestCallback<_tacet_ledger_v1_RefundTopUpResponse__Output>): grpc.ClientUnaryCall;
  refundTopUp(argument: _tacet_ledger_v1_RefundTopUpRequest, metadata: grpc.Metadata, callback: grpc.requestCallback<_tacet_ledger_v1_RefundTopUpResponse__Output>): grpc.ClientUnaryCall;
  refundTopUp(argument: _tacet_ledger_v1_RefundTopUpRequest, options: grpc.CallOptions, callback: grpc.requestCallback<_tacet_ledger_v1_RefundTopUpResponse__Output>): grpc.ClientUnaryCall;
  refundTopUp(argument: _tacet_ledger_v1_RefundTopUpRequest, callback: grpc.requestCallback<_tacet_ledger_v1_RefundTopUpResponse__Output>): grpc.ClientUnaryCall;
  
  /**
   * operator. Charges the dead letters that can be charged by now (their price
   * has been published since, or billing has learned their form). Each is
   * charged once at most. Idempotent.
   */
  RetryDeadLetters(argument: _tacet_ledger_v1_RetryDeadLettersRequest, metadata: grpc.Metadata, options: grpc.CallOptions, callback: grpc.requestCallback<_tacet_ledger_v1_RetryDeadLettersResponse__Output>): grpc.ClientUnaryCall;
  RetryDeadLetters(argument: _tacet_ledger_v1_RetryDeadLettersRequest, metadata: grpc.Metadata, callback: grpc.requestCallback<_tacet_ledger_v1_RetryDeadLettersResponse__Output>): grpc.ClientUnaryCall;
  RetryDeadLetters(argument: _tacet_ledger_v1_RetryDeadLettersRequest, options: grpc.CallOptions, callback: grpc.requestCallback<_tacet_ledger_v1_RetryDeadLettersResponse__Output>): grpc.ClientUnaryCall;
  RetryDeadLetters(argument: _tacet_ledger_v1_RetryDeadLettersRequest, callback: grpc.requestCallback<_tacet_ledger_v1_RetryDeadLettersResponse__Output>): grpc.ClientUnaryCall;
  /**
   * operator. Charges the dead letters that can be charged by now (their price
   * has been published since, or billing has learned their form). Each is
   * charged once at most. Idempotent.
   */
  retryDeadLetters(argument: _tacet_ledger_v1_RetryDeadLettersRequest, metadata: grpc.Metadata, options: grpc.CallOptions, callback: grpc.requestCallback<_tacet_ledger_v1_RetryDeadLettersResponse__Output>): grpc.ClientUnaryCall;
  retryDeadLetters(argument: _tacet_ledger_v1_RetryDeadLettersRequest, metadata: grpc.Metadata, callback: grpc.requestCallback<_tacet_ledger_v1_RetryDeadLettersResponse__Output>): grpc.ClientUnaryCall;
  retryDeadLetters(argument: _tacet_ledger_v1_RetryDeadLettersRequest, options: grpc.CallOptions, callback: grpc.requestCallback<_tacet_ledger_v1_RetryDeadLettersResponse__Output>): grpc.ClientUnaryCall;
  retryDeadLetters(argument: _tacet_ledger_v1_RetryDeadLettersRequest, callback: grpc.requestCallback<_tacet_ledger_v1_RetryDeadLettersResponse__Output>): grpc.ClientUnaryCall;
  
  /**
   * account. Turns auto top-up on or off. Errors: payments_closed,
   * field_invalid, not_found.
   */
  SetAutoTopUp(argument: _tacet_ledger_v1_SetAutoTopUpRequest, metadata: grpc.Metadata, options: grpc.CallOptions, callback: grpc.requestCallback<_tacet_ledger_v1_Payments__Output>): grpc.ClientUnaryCall;
  SetAutoTopUp(argument: _tacet_ledger_v1_SetAutoTopUpRequest, metadata: grpc.Metadata, callback: grpc.requestCallback<_tacet_ledger_v1_Payments__Output>): grpc.ClientUnaryCall;
  SetAutoTopUp(argument: _tacet_ledger_v1_SetAutoTopUpRequest, options: grpc.CallOptions, callback: grpc.requestCallback<_tacet_ledger_v1_Payments__Output>): grpc.ClientUnaryCall;
  SetAutoTopUp(argument: _tacet_ledger_v1_SetAutoTopUpRequest, callback: grpc.requestCallback<_tacet_ledger_v1_Payments__Output>): grpc.ClientUnaryCall;
  /**
   * account. Turns auto top-up on or off. Errors: payments_closed,
   * field_invalid, not_found.
   */
  setAutoTopUp(argument: _tacet_ledger_v1_SetAutoTopUpRequest, metadata: grpc.Metadata, options: grpc.CallOptions, callback: grpc.requestCallback<_tacet_ledger_v1_Payments__Output>): grpc.ClientUnaryCall;
  setAutoTopUp(argument: _tacet_ledger_v1_SetAutoTopUpRequest, metadata: grpc.Metadata, callback: grpc.requestCallback<_tacet_ledger_v1_Payments__Output>): grpc.ClientUnaryCall;
  setAutoTopUp(argument: _tacet_ledger_v1_SetAutoTopUpRequest, options: grpc.CallOptions, callback: grpc.requestCallback<_tacet_ledger_v1_Payments__Output>): grpc.ClientUnaryCall;
  setAutoTopUp(argument: _tacet_ledger_v1_SetAutoTopUpRequest, callback: grpc.requestCallback<_tacet_ledger_v1_Payments__Output>): grpc.ClientUnaryCall;
  
  /**
   * edge. Sets the whole target of one lease. A repeated or late call changes
   * nothing: the newer version wins. Errors: fenced.
   */
  SetLease(argument: _tacet_ledger_v1_SetLeaseRequest, metadata: grpc.Metadata, options: grpc.CallOptions, callback: grpc.requestCallback<_tacet_ledger_v1_SetLeaseResponse__Output>): grpc.ClientUnaryCall;
  SetLease(argument: _tacet_ledger_v1_SetLeaseRequest, metadata: grpc.Metadata, callback: grpc.requestCallback<_tacet_ledger_v1_SetLeaseResponse__Output>): grpc.ClientUnaryCall;
  SetLease(argument: _tacet_ledger_v1_SetLeaseRequest, options: grpc.CallOptions, callback: grpc.requestCallback<_tacet_ledger_v1_SetLeaseResponse__Output>): grpc.ClientUnaryCall;
  SetLease(argument: _tacet_ledger_v1_SetLeaseRequest, callback: grpc.requestCallback<_tacet_ledger_v1_SetLeaseResponse__Output>): grpc.ClientUnaryCall;
  /**
   * edge. Sets the whole target of one lease. A repeated or late call changes
   * nothing: the newer version wins. Errors: fenced.
   */
  setLease(argument: _tacet_ledger_v1_SetLeaseRequest, metadata: grpc.Metadata, options: grpc.CallOptions, callback: grpc.requestCallback<_tacet_ledger_v1_SetLeaseResponse__Output>): grpc.ClientUnaryCall;
  setLease(argument: _tacet_ledger_v1_SetLeaseRequest, metadata: grpc.Metadata, callback: grpc.requestCallback<_tacet_ledger_v1_SetLeaseResponse__Output>): grpc.ClientUnaryCall;
  setLease(argument: _tacet_ledger_v1_SetLeaseRequest, options: grpc.CallOptions, callback: grpc.requestCallback<_tacet_ledger_v1_SetLeaseResponse__Output>): grpc.ClientUnaryCall;
  setLease(argument: _tacet_ledger_v1_SetLeaseRequest, callback: grpc.requestCallback<_tacet_ledger_v1_SetLeaseResponse__Output>): grpc.ClientUnaryCall;
  
  /**
   * operator. How far below zero an account may go; 0 by default.
   */
  SetOverdraft(argument: _tacet_ledger_v1_SetOverdraftRequest, metadata: grpc.Metadata, options: grpc.CallOptions, callback: grpc.requestCallback<_tacet_ledger_v1_Balance__Output>): grpc.ClientUnaryCall;
  SetOverdraft(argument: _tacet_ledger_v1_SetOverdraftRequest, metadata: grpc.Metadata, callback: grpc.requestCallback<_tacet_ledger_v1_Balance__Output>): grpc.ClientUnaryCall;
  SetOverdraft(argument: _tacet_ledger_v1_SetOverdraftRequest, options: grpc.CallOptions, callback: grpc.requestCallback<_tacet_ledger_v1_Balance__Output>): grpc.ClientUnaryCall;
  SetOverdraft(argument: _tacet_ledger_v1_SetOverdraftRequest, callback: grpc.requestCallback<_tacet_ledger_v1_Balance__Output>): grpc.ClientUnaryCall;
  /**
   * operator. How far below zero an account may go; 0 by default.
   */
  setOverdraft(argument: _tacet_ledger_v1_SetOverdraftRequest, metadata: grpc.Metadata, options: grpc.CallOptions, callback: grpc.requestCallback<_tacet_ledger_v1_Balance__Output>): grpc.ClientUnaryCall;
  setOverdraft(argument: _tacet_ledger_v1_SetOverdraftRequest, metadata: grpc.Metadata, callback: grpc.requestCallback<_tacet_ledger_v1_Balance__Output>): grpc.ClientUnaryCall;
  setOverdraft(argument: _tacet_ledger_v1_SetOverdraftRequest, options: grpc.CallOptions, callback: grpc.requestCallback<_tacet_ledger_v1_Balance__Output>): grpc.ClientUnaryCall;
  setOverdraft(argument: _tacet_ledger_v1_SetOverdraftRequest, callback: grpc.requestCallback<_tacet_ledger_v1_Balance__Output>): grpc.ClientUnaryCall;
  
  /**
   * account, operator. Stops (or allows again) all spending of an account.
   * Edges learn of it with their next heartbeat.
   */
  SuspendAccount(argument: _tacet_ledger_v1_SuspendAccountRequest, metadata: grpc.Metadata, options: grpc.CallOptions, callback: grpc.requestCallback<_tacet_ledger_v1_Balance__Output>): grpc.ClientUnaryCall;
  SuspendAccount(argument: _tacet_ledger_v1_SuspendAccountRequest, metadata: grpc.Metadata, callback: grpc.requestCallback<_tacet_ledger_v1_Balance__Output>): grpc.ClientUnaryCall;
  SuspendAccount(argument: _tacet_ledger_v1_SuspendAccountRequest, options: grpc.CallOptions, callback: grpc.requestCallback<_tacet_ledger_v1_Balance__Output>): grpc.ClientUnaryCall;
  SuspendAccount(argument: _tacet_ledger_v1_SuspendAccountRequest, callback: grpc.requestCallback<_tacet_ledger_v1_Balance__Output>): grpc.ClientUnaryCall;
  /**
   * account, operator. Stops (or allows again) all spending of an account.
   * Edges learn of it with their next heartbeat.
   */
  suspendAccount(argument: _tacet_ledger_v1_SuspendAccountRequest, metadata: grpc.Metadata, options: grpc.CallOptions, callback: grpc.requestCallback<_tacet_ledger_v1_Balance__Output>): grpc.ClientUnaryCall;
  suspendAccount(argument: _tacet_ledger_v1_SuspendAccountRequest, metadata: grpc.Metadata, callback: grpc.requestCallback<_tacet_ledger_v1_Balance__Output>): grpc.ClientUnaryCall;
  suspendAccount(argument: _tacet_ledger_v1_SuspendAccountRequest, options: grpc.CallOptions, callback: grpc.requestCallback<_tacet_ledger_v1_Balance__Output>): grpc.ClientUnaryCall;
  suspendAccount(argument: _tacet_ledger_v1_SuspendAccountRequest, callback: grpc.requestCallback<_tacet_ledger_v1_Balance__Output>): grpc.ClientUnaryCall;
  
}

/**
 * Billing's door. Money is nano-USD in int64 (decimal strings in JSON and in
 * JavaScript); ids are 16 bytes; times are UTC milliseconds of the Unix epoch.
 * Who may call which rpc is decided by the URI in the client's certificate:
 * "edge", "account" or "operator", as the comment of each rpc says.
 */
export interface LedgerHandlers extends grpc.UntypedServiceImplementation {
  /**
   * edge. Hands over no-log totals (always by this door) and, where there is
   * no Kafka, the outbox itself. Errors: field_invalid, batch_too_large.
   */
  AppendUsage: grpc.handleUnaryCall<_tacet_ledger_v1_AppendUsageRequest__Output, _tacet_ledger_v1_AppendUsageResponse>;
  
  /**
   * operator. Publishes models with their limits, and a new immutable price
   * version for each model whose prices changed. Idempotent.
   */
  ApplyPrices: grpc.handleUnaryCall<_tacet_ledger_v1_ApplyPricesRequest__Output, _tacet_ledger_v1_ApplyPricesResponse>;
  
  /**
   * operator. Runs the invariants and answers one row for each.
   */
  CheckLedger: grpc.handleUnaryCall<_tacet_ledger_v1_CheckLedgerRequest__Output, _tacet_ledger_v1_CheckLedgerResponse>;
  
  /**
   * account (the deletion saga). Refuses new leases; answers whether every
   * lease of the account is closed. Called until it is, for 2 minutes at most.
   */
  CloseAccount: grpc.handleUnaryCall<_tacet_ledger_v1_CloseAccountRequest__Output, _tacet_ledger_v1_CloseAccountResponse>;
  
  /**
   * operator. Puts something right by a new transfer between an account and the
   * ledger; nothing is ever changed. Idempotent by correction_id. Errors:
   * insufficient_balance (more than is available would be taken), conflict.
   */
  CorrectBalance: grpc.handleUnaryCall<_tacet_ledger_v1_CorrectBalanceRequest__Output, _tacet_ledger_v1_Balance>;
  
  /**
   * account. Opens a page of Stripe where the customer buys credit, once or every
   * month. Idempotent by request_id. Errors: payments_closed, field_invalid,
   * conflict (request_id names another purchase, there is a subscription
   * already, the account is being deleted), unavailable.
   */
  CreateCheckout: grpc.handleUnaryCall<_tacet_ledger_v1_CreateCheckoutRequest__Output, _tacet_ledger_v1_CreateCheckoutResponse>;
  
  /**
   * account. Opens Stripe's customer portal: cards, invoices, the end of a
   * subscription. Errors: payments_closed, not_found (nothing was bought yet),
   * unavailable.
   */
  CreatePortal: grpc.handleUnaryCall<_tacet_ledger_v1_CreatePortalRequest__Output, _tacet_ledger_v1_CreatePortalResponse>;
  
  /**
   * account (the deletion saga, after CloseAccount). Forfeits the balance,
   * removes the account's rows and leaves one net transfer a month without an
   * id. Idempotent.
   */
  ForgetAccount: grpc.handleUnaryCall<_tacet_ledger_v1_ForgetAccountRequest__Output, _tacet_ledger_v1_ForgetAccountResponse>;
  
  /**
   * account, operator. Errors: not_found.
   */
  GetBalance: grpc.handleUnaryCall<_tacet_ledger_v1_GetBalanceRequest__Output, _tacet_ledger_v1_Balance>;
  
  /**
   * edge. One request of a normal key, for GET /v1/generation. Errors:
   * not_found (also when it is another account's).
   */
  GetGeneration: grpc.handleUnaryCall<_tacet_ledger_v1_GetGenerationRequest__Output, _tacet_ledger_v1_RequestUsage>;
  
  /**
   * edge. What a key and its account have and have spent, for GET /v1/key and
   * /v1/credits. Errors: not_found.
   */
  GetKeySpend: grpc.handleUnaryCall<_tacet_ledger_v1_GetKeySpendRequest__Output, _tacet_ledger_v1_KeySpend>;
  
  /**
   * account, operator. What is known of an account's payments. Errors:
   * not_found.
   */
  GetPayments: grpc.handleUnaryCall<_tacet_ledger_v1_GetPaymentsRequest__Output, _tacet_ledger_v1_Payments>;
  
  /**
   * operator. Credits an account; idempotent by grant_id.
   */
  GrantCredit: grpc.handleUnaryCall<_tacet_ledger_v1_GrantCreditRequest__Output, _tacet_ledger_v1_Balance>;
  
  /**
   * edge. Renews the session and repeats the newest SetLease of every lease
   * open or changed within the last 10 minutes. Errors: fenced.
   */
  Heartbeat: grpc.handleUnaryCall<_tacet_ledger_v1_HeartbeatRequest__Output, _tacet_ledger_v1_HeartbeatResponse>;
  
  /**
   * operator. Records that arrived whole but were not charged, oldest first.
   */
  ListDeadLetters: grpc.handleServerStreamingCall<_tacet_ledger_v1_ListDeadLettersRequest__Output, _tacet_ledger_v1_DeadLetter>;
  
  /**
   * account, operator. The account's statement: every change of what is posted
   * with its cause, oldest first, so that the amounts add up to the balance.
   */
  ListStatement: grpc.handleServerStreamingCall<_tacet_ledger_v1_ListStatementRequest__Output, _tacet_ledger_v1_StatementLine>;
  
  /**
   * account, operator. Every movement of the account's money, oldest first.
   */
  ListTransfers: grpc.handleServerStreamingCall<_tacet_ledger_v1_ListTransfersRequest__Output, _tacet_ledger_v1_Transfer>;
  
  /**
   * account, operator. Newest first. Normal keys: one row per request; then
   * the sums per period, which are all there is for no-log keys.
   */
  ListUsage: grpc.handleServerStreamingCall<_tacet_ledger_v1_ListUsageRequest__Output, _tacet_ledger_v1_UsageRow>;
  
  /**
   * account. Makes the balance of a new account; idempotent.
   */
  OpenAccount: grpc.handleUnaryCall<_tacet_ledger_v1_OpenAccountRequest__Output, _tacet_ledger_v1_OpenAccountResponse>;
  
  /**
   * edge. Starts a session for a new epoch of an edge and fences all older
   * epochs. Errors: fenced (the epoch is not newer than a known one, or was
   * released), field_invalid.
   */
  OpenEdgeSession: grpc.handleUnaryCall<_tacet_ledger_v1_OpenEdgeSessionRequest__Output, _tacet_ledger_v1_OpenEdgeSessionResponse>;
  
  /**
   * operator. Gives a payment back at Stripe, whole or in part; the ledger
   * follows within seconds. Idempotent by request_id. Errors: payments_closed,
   * not_found, field_invalid (more than is left), conflict, unavailable.
   */
  RefundTopUp: grpc.handleUnaryCall<_tacet_ledger_v1_RefundTopUpRequest__Output, _tacet_ledger_v1_RefundTopUpResponse>;
  
  /**
   * operator. Charges the dead letters that can be charged by now (their price
   * has been published since, or billing has learned their form). Each is
   * charged once at most. Idempotent.
   */
  RetryDeadLetters: grpc.handleUnaryCall<_tacet_ledger_v1_RetryDeadLettersRequest__Output, _tacet_ledger_v1_RetryDeadLettersResponse>;
  
  /**
   * account. Turns auto top-up on or off. Errors: payments_closed,
   * field_invalid, not_found.
   */
  SetAutoTopUp: grpc.handleUnaryCall<_tacet_ledger_v1_SetAutoTopUpRequest__Output, _tacet_ledger_v1_Payments>;
  
  /**
   * edge. Sets the whole target of one lease. A repeated or late call changes
   * nothing: the newer version wins. Errors: fenced.
   */
  SetLease: grpc.handleUnaryCall<_tacet_ledger_v1_SetLeaseRequest__Output, _tacet_ledger_v1_SetLeaseResponse>;
  
  /**
   * operator. How far below zero an account may go; 0 by default.
   */
  SetOverdraft: grpc.handleUnaryCall<_tacet_ledger_v1_SetOverdraftRequest__Output, _tacet_ledger_v1_Balance>;
  
  /**
   * account, operator. Stops (or allows again) all spending of an account.
   * Edges learn of it with their next heartbeat.
   */
  SuspendAccount: grpc.handleUnaryCall<_tacet_ledger_v1_SuspendAccountRequest__Output, _tacet_ledger_v1_Balance>;
  
}

export interface LedgerDefinition extends grpc.ServiceDefinition {
  AppendUsage: MethodDefinition<_tacet_ledger_v1_AppendUsageRequest, _tacet_ledger_v1_AppendUsageResponse, _tacet_ledger_v1_AppendUsageRequest__Output, _tacet_ledger_v1_AppendUsageResponse__Output>
  ApplyPrices: MethodDefinition<_tacet_ledger_v1_ApplyPricesRequest, _tacet_ledger_v1_ApplyPricesResponse, _tacet_ledger_v1_ApplyPricesRequest__Output, _tacet_ledger_v1_ApplyPricesResponse__Output>
  CheckLedger: MethodDefinition<_tacet_ledger_v1_CheckLedgerRequest, _tacet_ledger_v1_CheckLedgerResponse, _tacet_ledger_v1_CheckLedgerRequest__Output, _tacet_ledger_v1_CheckLedgerResponse__Output>
  CloseAccount: MethodDefinition<_tacet_ledger_v1_CloseAccountRequest, _tacet_ledger_v1_CloseAccountResponse, _tacet_ledger_v1_CloseAccountRequest__Output, _tacet_ledger_v1_CloseAccountResponse__Output>
  CorrectBalance: MethodDefinition<_tacet_ledger_v1_CorrectBalanceRequest, _tacet_ledger_v1_Balance, _tacet_ledger_v1_CorrectBalanceRequest__Output, _tacet_ledger_v1_Balance__Output>
  CreateCheckout: MethodDefinition<_tacet_ledger_v1_CreateCheckoutRequest, _tacet_ledger_v1_CreateCheckoutResponse, _tacet_ledger_v1_CreateCheckoutRequest__Output, _tacet_ledger_v1_CreateCheckoutResponse__Output>
  CreatePortal: MethodDefinition<_tacet_ledger_v1_CreatePortalRequest, _tacet_ledger_v1_CreatePortalResponse, _tacet_ledger_v1_CreatePortalRequest__Output, _tacet_ledger_v1_CreatePortalResponse__Output>
  ForgetAccount: MethodDefinition<_tacet_ledger_v1_ForgetAccountRequest, _tacet_ledger_v1_ForgetAccountResponse, _tacet_ledger_v1_ForgetAccountRequest__Output, _tacet_ledger_v1_ForgetAccountResponse__Output>
  GetBalance: MethodDefinition<_tacet_ledger_v1_GetBalanceRequest, _tacet_ledger_v1_Balance, _tacet_ledger_v1_GetBalanceRequest__Output, _tacet_ledger_v1_Balance__Output>
  GetGeneration: MethodDefinition<_tacet_ledger_v1_GetGenerationRequest, _tacet_ledger_v1_RequestUsage, _tacet_ledger_v1_GetGenerationRequest__Output, _tacet_ledger_v1_RequestUsage__Output>
  GetKeySpend: MethodDefinition<_tacet_ledger_v1_GetKeySpendRequest, _tacet_ledger_v1_KeySpend, _tacet_ledger_v1_GetKeySpendRequest__Output, _tacet_ledger_v1_KeySpend__Output>
  GetPayments: MethodDefinition<_tacet_ledger_v1_GetPaymentsRequest, _tacet_ledger_v1_Payments, _tacet_ledger_v1_GetPaymentsRequest__Output, _tacet_ledger_v1_Payments__Output>
  GrantCredit: MethodDefinition<_tacet_ledger_v1_GrantCreditRequest, _tacet_ledger_v1_Balance, _tacet_ledger_v1_GrantCreditRequest__Output, _tacet_ledger_v1_Balance__Output>
  Heartbeat: MethodDefinition<_tacet_ledger_v1_HeartbeatRequest, _tacet_ledger_v1_HeartbeatResponse, _tacet_ledger_v1_HeartbeatRequest__Output, _tacet_ledger_v1_HeartbeatResponse__Output>
  ListDeadLetters: MethodDefinition<_tacet_ledger_v1_ListDeadLettersRequest, _tacet_ledger_v1_DeadLetter, _tacet_ledger_v1_ListDeadLettersRequest__Output, _tacet_ledger_v1_DeadLetter__Output>
  ListStatement: MethodDefinition<_tacet_ledger_v1_ListStatementRequest, _tacet_ledger_v1_StatementLine, _tacet_ledger_v1_ListStatementRequest__Output, _tacet_ledger_v1_StatementLine__Output>
  ListTransfers: MethodDefinition<_tacet_ledger_v1_ListTransfersRequest, _tacet_ledger_v1_Transfer, _tacet_ledger_v1_ListTransfersRequest__Output, _tacet_ledger_v1_Transfer__Output>
  ListUsage: MethodDefinition<_tacet_ledger_v1_ListUsageRequest, _tacet_ledger_v1_UsageRow, _tacet_ledger_v1_ListUsageRequest__Output, _tacet_ledger_v1_UsageRow__Output>
  OpenAccount: MethodDefinition<_tacet_ledger_v1_OpenAccountRequest, _tacet_ledger_v1_OpenAccountResponse, _tacet_ledger_v1_OpenAccountRequest__Output, _tacet_ledger_v1_OpenAccountResponse__Output>
  OpenEdgeSession: MethodDefinition<_tacet_ledger_v1_OpenEdgeSessionRequest, _tacet_ledger_v1_OpenEdgeSessionResponse, _tacet_ledger_v1_OpenEdgeSessionRequest__Output, _tacet_ledger_v1_OpenEdgeSessionResponse__Output>
  RefundTopUp: MethodDefinition<_tacet_ledger_v1_RefundTopUpRequest, _tacet_ledger_v1_RefundTopUpResponse, _tacet_ledger_v1_RefundTopUpRequest__Output, _tacet_ledger_v1_RefundTopUpResponse__Output>
  RetryDeadLetters: MethodDefinition<_tacet_ledger_v1_RetryDeadLettersRequest, _tacet_ledger_v1_RetryDeadLettersResponse, _tacet_ledger_v1_RetryDeadLettersRequest__Output, _tacet_ledger_v1_RetryDeadLettersResponse__Output>
  SetAutoTopUp: MethodDefinition<_tacet_ledger_v1_SetAutoTopUpRequest, _tacet_ledger_v1_Payments, _tacet_ledger_v1_SetAutoTopUpRequest__Output, _tacet_ledger_v1_Payments__Output>
  SetLease: MethodDefinition<_tacet_ledger_v1_SetLeaseRequest, _tacet_ledger_v1_SetLeaseResponse, _tacet_ledger_v1_SetLeaseRequest__Output, _tacet_ledger_v1_SetLeaseResponse__Output>
  SetOverdraft: MethodDefinition<_tacet_ledger_v1_SetOverdraftRequest, _tacet_ledger_v1_Balance, _tacet_ledger_v1_SetOverdraftRequest__Output, _tacet_ledger_v1_Balance__Output>
  SuspendAccount: MethodDefinition<_tacet_ledger_v1_SuspendAccountRequest, _tacet_ledger_v1_Balance, _tacet_ledger_v1_SuspendAccountRequest__Output, _tacet_ledger_v1_Balance__Output>
}
