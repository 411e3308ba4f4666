import type * as grpc from '@grpc/grpc-js';
import type { EnumTypeDefinition, MessageTypeDefinition } from '@grpc/proto-loader';

import type { AccountState as _tacet_ledger_v1_AccountState, AccountState__Output as _tacet_ledger_v1_AccountState__Output } from './tacet/ledger/v1/AccountState.ts';
import type { AppendUsageRequest as _tacet_ledger_v1_AppendUsageRequest, AppendUsageRequest__Output as _tacet_ledger_v1_AppendUsageRequest__Output } from './tacet/ledger/v1/AppendUsageRequest.ts';
import type { AppendUsageResponse as _tacet_ledger_v1_AppendUsageResponse, AppendUsageResponse__Output as _tacet_ledger_v1_AppendUsageResponse__Output } from './tacet/ledger/v1/AppendUsageResponse.ts';
import type { ApplyPricesRequest as _tacet_ledger_v1_ApplyPricesRequest, ApplyPricesRequest__Output as _tacet_ledger_v1_ApplyPricesRequest__Output } from './tacet/ledger/v1/ApplyPricesRequest.ts';
import type { ApplyPricesResponse as _tacet_ledger_v1_ApplyPricesResponse, ApplyPricesResponse__Output as _tacet_ledger_v1_ApplyPricesResponse__Output } from './tacet/ledger/v1/ApplyPricesResponse.ts';
import type { AutoTopUp as _tacet_ledger_v1_AutoTopUp, AutoTopUp__Output as _tacet_ledger_v1_AutoTopUp__Output } from './tacet/ledger/v1/AutoTopUp.ts';
import type { Balance as _tacet_ledger_v1_Balance, Balance__Output as _tacet_ledger_v1_Balance__Output } from './tacet/ledger/v1/Balance.ts';
import type { CheckLedgerRequest as _tacet_ledger_v1_CheckLedgerRequest, CheckLedgerRequest__Output as _tacet_ledger_v1_CheckLedgerRequest__Output } from './tacet/ledger/v1/CheckLedgerRequest.ts';
import type { CheckLedgerResponse as _tacet_ledger_v1_CheckLedgerResponse, CheckLedgerResponse__Output as _tacet_ledger_v1_CheckLedgerResponse__Output } from './tacet/ledger/v1/CheckLedgerResponse.ts';
import type { CloseAccountRequest as _tacet_ledger_v1_CloseAccountRequest, CloseAccountRequest__Output as _tacet_ledger_v1_CloseAccountRequest__Output } from './tacet/ledger/v1/CloseAccountRequest.ts';
import type { CloseAccountResponse as _tacet_ledger_v1_CloseAccountResponse, CloseAccountResponse__Output as _tacet_ledger_v1_CloseAccountResponse__Output } from './tacet/ledger/v1/CloseAccountResponse.ts';
import type { CorrectBalanceRequest as _tacet_ledger_v1_CorrectBalanceRequest, CorrectBalanceRequest__Output as _tacet_ledger_v1_CorrectBalanceRequest__Output } from './tacet/ledger/v1/CorrectBalanceRequest.ts';
import type { CreateCheckoutRequest as _tacet_ledger_v1_CreateCheckoutRequest, CreateCheckoutRequest__Output as _tacet_ledger_v1_CreateCheckoutRequest__Output } from './tacet/ledger/v1/CreateCheckoutRequest.ts';
import type { CreateCheckoutResponse as _tacet_ledger_v1_CreateCheckoutResponse, CreateCheckoutResponse__Output as _tacet_ledger_v1_CreateCheckoutResponse__Output } from './tacet/ledger/v1/CreateCheckoutResponse.ts';
import type { CreatePortalRequest as _tacet_ledger_v1_CreatePortalRequest, CreatePortalRequest__Output as _tacet_ledger_v1_CreatePortalRequest__Output } from './tacet/ledger/v1/CreatePortalRequest.ts';
import type { CreatePortalResponse as _tacet_ledger_v1_CreatePortalResponse, CreatePortalResponse__Output as _tacet_ledger_v1_CreatePortalResponse__Output } from './tacet/ledger/v1/CreatePortalResponse.ts';
import type { DeadLetter as _tacet_ledger_v1_DeadLetter, DeadLetter__Output as _tacet_ledger_v1_DeadLetter__Output } from './tacet/ledger/v1/DeadLetter.ts';
import type { ForgetAccountRequest as _tacet_ledger_v1_ForgetAccountRequest, ForgetAccountRequest__Output as _tacet_ledger_v1_ForgetAccountRequest__Output } from './tacet/ledger/v1/ForgetAccountRequest.ts';
import type { ForgetAccountResponse as _tacet_ledger_v1_ForgetAccountResponse, ForgetAccountResponse__Output as _tacet_ledger_v1_ForgetAccountResponse__Output } from './tacet/ledger/v1/ForgetAccountResponse.ts';
import type { GetBalanceRequest as _tacet_ledger_v1_GetBalanceRequest, GetBalanceRequest__Output as _tacet_ledger_v1_GetBalanceRequest__Output } from './tacet/ledger/v1/GetBalanceRequest.ts';
import type { GetGenerationRequest as _tacet_ledger_v1_GetGenerationRequest, GetGenerationRequest__Output as _tacet_ledger_v1_GetGenerationRequest__Output } from './tacet/ledger/v1/GetGenerationRequest.ts';
import type { GetKeySpendRequest as _tacet_ledger_v1_GetKeySpendRequest, GetKeySpendRequest__Output as _tacet_ledger_v1_GetKeySpendRequest__Output } from './tacet/ledger/v1/GetKeySpendRequest.ts';
import type { GetPaymentsRequest as _tacet_ledger_v1_GetPaymentsRequest, GetPaymentsRequest__Output as _tacet_ledger_v1_GetPaymentsRequest__Output } from './tacet/ledger/v1/GetPaymentsRequest.ts';
import type { GrantCreditRequest as _tacet_ledger_v1_GrantCreditRequest, GrantCreditRequest__Output as _tacet_ledger_v1_GrantCreditRequest__Output } from './tacet/ledger/v1/GrantCreditRequest.ts';
import type { HeartbeatRequest as _tacet_ledger_v1_HeartbeatRequest, HeartbeatRequest__Output as _tacet_ledger_v1_HeartbeatRequest__Output } from './tacet/ledger/v1/HeartbeatRequest.ts';
import type { HeartbeatResponse as _tacet_ledger_v1_HeartbeatResponse, HeartbeatResponse__Output as _tacet_ledger_v1_HeartbeatResponse__Output } from './tacet/ledger/v1/HeartbeatResponse.ts';
import type { InvariantResult as _tacet_ledger_v1_InvariantResult, InvariantResult__Output as _tacet_ledger_v1_InvariantResult__Output } from './tacet/ledger/v1/InvariantResult.ts';
import type { KeySpend as _tacet_ledger_v1_KeySpend, KeySpend__Output as _tacet_ledger_v1_KeySpend__Output } from './tacet/ledger/v1/KeySpend.ts';
import type { LeaseGrant as _tacet_ledger_v1_LeaseGrant, LeaseGrant__Output as _tacet_ledger_v1_LeaseGrant__Output } from './tacet/ledger/v1/LeaseGrant.ts';
import type { LeaseKey as _tacet_ledger_v1_LeaseKey, LeaseKey__Output as _tacet_ledger_v1_LeaseKey__Output } from './tacet/ledger/v1/LeaseKey.ts';
import type { LeaseTarget as _tacet_ledger_v1_LeaseTarget, LeaseTarget__Output as _tacet_ledger_v1_LeaseTarget__Output } from './tacet/ledger/v1/LeaseTarget.ts';
import type { LedgerClient as _tacet_ledger_v1_LedgerClient, LedgerDefinition as _tacet_ledger_v1_LedgerDefinition } from './tacet/ledger/v1/Ledger.ts';
import type { ListDeadLettersRequest as _tacet_ledger_v1_ListDeadLettersRequest, ListDeadLettersRequest__Output as _tacet_ledger_v1_ListDeadLettersRequest__Output } from './tacet/ledger/v1/ListDeadLettersRequest.ts';
import type { ListStatementRequest as _tacet_ledger_v1_ListStatementRequest, ListStatementRequest__Output as _tacet_ledger_v1_ListStatementRequest__Output } from './tacet/ledger/v1/ListStatementRequest.ts';
import type { ListTransfersRequest as _tacet_ledger_v1_ListTransfersRequest, ListTransfersRequest__Output as _tacet_ledger_v1_ListTransfersRequest__Output } from './tacet/ledger/v1/ListTransfersRequest.ts';
import type { ListUsageRequest as _tacet_ledger_v1_ListUsageRequest, ListUsageRequest__Output as _tacet_ledger_v1_ListUsageRequest__Output } from './tacet/ledger/v1/ListUsageRequest.ts';
import type { Model as _tacet_ledger_v1_Model, Model__Output as _tacet_ledger_v1_Model__Output } from './tacet/ledger/v1/Model.ts';
import type { ModelPrices as _tacet_ledger_v1_ModelPrices, ModelPrices__Output as _tacet_ledger_v1_ModelPrices__Output } from './tacet/ledger/v1/ModelPrices.ts';
import type { OpenAccountRequest as _tacet_ledger_v1_OpenAccountRequest, OpenAccountRequest__Output as _tacet_ledger_v1_OpenAccountRequest__Output } from './tacet/ledger/v1/OpenAccountRequest.ts';
import type { OpenAccountResponse as _tacet_ledger_v1_OpenAccountResponse, OpenAccountResponse__Output as _tacet_ledger_v1_OpenAccountResponse__Output } from './tacet/ledger/v1/OpenAccountResponse.ts';
import type { OpenEdgeSessionRequest as _tacet_ledger_v1_OpenEdgeSessionRequest, OpenEdgeSessionRequest__Output as _tacet_ledger_v1_OpenEdgeSessionRequest__Output } from './tacet/ledger/v1/OpenEdgeSessionRequest.ts';
import type { OpenEdgeSessionResponse as _tacet_ledger_v1_OpenEdgeSessionResponse, OpenEdgeSessionResponse__Output as _tacet_ledger_v1_OpenEdgeSessionResponse__Output } from './tacet/ledger/v1/OpenEdgeSessionResponse.ts';
import type { Payments as _tacet_ledger_v1_Payments, Payments__Output as _tacet_ledger_v1_Payments__Output } from './tacet/ledger/v1/Payments.ts';
import type { PeriodUsage as _tacet_ledger_v1_PeriodUsage, PeriodUsage__Output as _tacet_ledger_v1_PeriodUsage__Output } from './tacet/ledger/v1/PeriodUsage.ts';
import type { Price as _tacet_ledger_v1_Price, Price__Output as _tacet_ledger_v1_Price__Output } from './tacet/ledger/v1/Price.ts';
import type { RefundTopUpRequest as _tacet_ledger_v1_RefundTopUpRequest, RefundTopUpRequest__Output as _tacet_ledger_v1_RefundTopUpRequest__Output } from './tacet/ledger/v1/RefundTopUpRequest.ts';
import type { RefundTopUpResponse as _tacet_ledger_v1_RefundTopUpResponse, RefundTopUpResponse__Output as _tacet_ledger_v1_RefundTopUpResponse__Output } from './tacet/ledger/v1/RefundTopUpResponse.ts';
import type { RequestUsage as _tacet_ledger_v1_RequestUsage, RequestUsage__Output as _tacet_ledger_v1_RequestUsage__Output } from './tacet/ledger/v1/RequestUsage.ts';
import type { RetryDeadLettersRequest as _tacet_ledger_v1_RetryDeadLettersRequest, RetryDeadLettersRequest__Output as _tacet_ledger_v1_RetryDeadLettersRequest__Output } from './tacet/ledger/v1/RetryDeadLettersRequest.ts';
import type { RetryDeadLettersResponse as _tacet_ledger_v1_RetryDeadLettersResponse, RetryDeadLettersResponse__Output as _tacet_ledger_v1_RetryDeadLettersResponse__Output } from './tacet/ledger/v1/RetryDeadLettersResponse.ts';
import type { SetAutoTopUpRequest as _tacet_ledger_v1_SetAutoTopUpRequest, SetAutoTopUpRequest__Output as _tacet_ledger_v1_SetAutoTopUpRequest__Output } from './tacet/ledger/v1/SetAutoTopUpRequest.ts';
import type { SetLeaseRequest as _tacet_ledger_v1_SetLeaseRequest, SetLeaseRequest__Output as _tacet_ledger_v1_SetLeaseRequest__Output } from './tacet/ledger/v1/SetLeaseRequest.ts';
import type { SetLeaseResponse as _tacet_ledger_v1_SetLeaseResponse, SetLeaseResponse__Output as _tacet_ledger_v1_SetLeaseResponse__Output } from './tacet/ledger/v1/SetLeaseResponse.ts';
import type { SetOverdraftRequest as _tacet_ledger_v1_SetOverdraftRequest, SetOverdraftRequest__Output as _tacet_ledger_v1_SetOverdraftRequest__Output } from './tacet/ledger/v1/SetOverdraftRequest.ts';
import type { StatementLine as _tacet_ledger_v1_StatementLine, StatementLine__Output as _tacet_ledger_v1_StatementLine__Output } from './tacet/ledger/v1/StatementLine.ts';
import type { SuspendAccountRequest as _tacet_ledger_v1_SuspendAccountRequest, SuspendAccountRequest__Output as _tacet_ledger_v1_SuspendAccountRequest__Output } from './tacet/ledger/v1/SuspendAccountRequest.ts';
import type { Transfer as _tacet_ledger_v1_Transfer, Transfer__Output as _tacet_ledger_v1_Transfer__Output } from './tacet/ledger/v1/Transfer.ts';
import type { UsageRow as _tacet_ledger_v1_UsageRow, UsageRow__Output as _tacet_ledger_v1_UsageRow__Output } from './tacet/ledger/v1/UsageRow.ts';
import type { NoLogTotal as _tacet_usage_v1_NoLogTotal, NoLogTotal__Output as _tacet_usage_v1_NoLogTotal__Output } from './tacet/usage/v1/NoLogTotal.ts';
import type { NoLogVersion as _tacet_usage_v1_NoLogVersion, NoLogVersion__Output as _tacet_usage_v1_NoLogVersion__Output } from './tacet/usage/v1/NoLogVersion.ts';
import type { PartitionSeq as _tacet_usage_v1_PartitionSeq, PartitionSeq__Output as _tacet_usage_v1_PartitionSeq__Output } from './tacet/usage/v1/PartitionSeq.ts';

type SubtypeConstructor<Constructor extends new (...args: any) => any, Subtype> = {
  new(...args: ConstructorParameters<Constructor>): Subtype;
};

export interface ProtoGrpcType {
  tacet: {
    ledger: {
      v1: {
        AccountState: MessageTypeDefinition<_tacet_ledger_v1_AccountState, _tacet_ledger_v1_AccountState__Output>
        AppendUsageRequest: MessageTypeDefinition<_tacet_ledger_v1_AppendUsageRequest, _tacet_ledger_v1_AppendUsageRequest__Output>
        AppendUsageResponse: MessageTypeDefinition<_tacet_ledger_v1_AppendUsageResponse, _tacet_ledger_v1_AppendUsageResponse__Output>
        ApplyPricesRequest: MessageTypeDefinition<_tacet_ledger_v1_ApplyPricesRequest, _tacet_ledger_v1_ApplyPricesRequest__Output>
        ApplyPricesResponse: MessageTypeDefinition<_tacet_ledger_v1_ApplyPricesResponse, _tacet_ledger_v1_ApplyPricesResponse__Output>
        AutoTopUp: MessageTypeDefinition<_tacet_ledger_v1_AutoTopUp, _tacet_ledger_v1_AutoTopUp__Output>
        Balance: MessageTypeDefinition<_tacet_ledger_v1_Balance, _tacet_ledger_v1_Balance__Output>
        CheckLedgerRequest: MessageTypeDefinition<_tacet_ledger_v1_CheckLedgerRequest, _tacet_ledger_v1_CheckLedgerRequest__Output>
        CheckLedgerResponse: MessageTypeDefinition<_tacet_ledger_v1_CheckLedgerResponse, _tacet_ledger_v1_CheckLedgerResponse__Output>
        CloseAccountRequest: MessageTypeDefinition<_tacet_ledger_v1_CloseAccountRequest, _tacet_ledger_v1_CloseAccountRequest__Output>
        CloseAccountResponse: MessageTypeDefinition<_tacet_ledger_v1_CloseAccountResponse, _tacet_ledger_v1_CloseAccountResponse__Output>
        CorrectBalanceRequest: MessageTypeDefinition<_tacet_ledger_v1_CorrectBalanceRequest, _tacet_ledger_v1_CorrectBalanceRequest__Output>
        CreateCheckoutRequest: MessageTypeDefinition<_tacet_ledger_v1_CreateCheckoutRequest, _tacet_ledger_v1_CreateCheckoutRequest__Output>
        CreateCheckoutResponse: MessageTypeDefinition<_tacet_ledger_v1_CreateCheckoutResponse, _tacet_ledger_v1_CreateCheckoutResponse__Output>
        CreatePortalRequest: MessageTypeDefinition<_tacet_ledger_v1_CreatePortalRequest, _tacet_ledger_v1_CreatePortalRequest__Output>
        CreatePortalResponse: MessageTypeDefinition<_tacet_ledger_v1_CreatePortalResponse, _tacet_ledger_v1_CreatePortalResponse__Output>
        DeadLetter: MessageTypeDefinition<_tacet_ledger_v1_DeadLetter, _tacet_ledger_v1_DeadLetter__Output>
        ForgetAccountRequest: MessageTypeDefinition<_tacet_ledger_v1_ForgetAccountRequest, _tacet_ledger_v1_ForgetAccountRequest__Output>
        ForgetAccountResponse: MessageTypeDefinition<_tacet_ledger_v1_ForgetAccountResponse, _tacet_ledger_v1_ForgetAccountResponse__Output>
        GetBalanceRequest: MessageTypeDefinition<_tacet_ledger_v1_GetBalanceRequest, _tacet_ledger_v1_GetBalanceRequest__Output>
        GetGenerationRequest: MessageTypeDefinition<_tacet_ledger_v1_GetGenerationRequest, _tacet_ledger_v1_GetGenerationRequest__Output>
        GetKeySpendRequest: MessageTypeDefinition<_tacet_ledger_v1_GetKeySpendRequest, _tacet_ledger_v1_GetKeySpendRequest__Output>
        GetPaymentsRequest: MessageTypeDefinition<_tacet_ledger_v1_GetPaymentsRequest, _tacet_ledger_v1_GetPaymentsRequest__Output>
        GrantCreditRequest: MessageTypeDefinition<_tacet_ledger_v1_GrantCreditRequest, _tacet_ledger_v1_GrantCreditRequest__Output>
        HeartbeatRequest: MessageTypeDefinition<_tacet_ledger_v1_HeartbeatRequest, _tacet_ledger_v1_HeartbeatRequest__Output>
        HeartbeatResponse: MessageTypeDefinition<_tacet_ledger_v1_HeartbeatResponse, _tacet_ledger_v1_HeartbeatResponse__Output>
        InvariantResult: MessageTypeDefinition<_tacet_ledger_v1_InvariantResult, _tacet_ledger_v1_InvariantResult__Output>
        KeySpend: MessageTypeDefinition<_tacet_ledger_v1_KeySpend, _tacet_ledger_v1_KeySpend__Output>
        LeaseGrant: MessageTypeDefinition<_tacet_ledger_v1_LeaseGrant, _tacet_ledger_v1_LeaseGrant__Output>
        LeaseKey: MessageTypeDefinition<_tacet_ledger_v1_LeaseKey, _tacet_ledger_v1_LeaseKey__Output>
        LeaseTarget: MessageTypeDefinition<_tacet_ledger_v1_LeaseTarget, _tacet_ledger_v1_LeaseTarget__Output>
        /**
         * Billing's door. Money is nano-USD in int64 (decimal strings in JSON and in
         * JavaScript); ids are 16 bytes; times are UTC milliseconds of the Unix epoch.
         * Who may call which rpc is decided by the URI in the client's certificate:
         * "edge", "account" or "operator", as the comment of each rpc says.
         */
        Ledger: SubtypeConstructor<typeof grpc.Client, _tacet_ledger_v1_LedgerClient> & { service: _tacet_ledger_v1_LedgerDefinition }
        ListDeadLettersRequest: MessageTypeDefinition<_tacet_ledger_v1_ListDeadLettersRequest, _tacet_ledger_v1_ListDeadLettersRequest__Output>
        ListStatementRequest: MessageTypeDefinition<_tacet_ledger_v1_ListStatementRequest, _tacet_ledger_v1_ListStatementRequest__Output>
        ListTransfersRequest: MessageTypeDefinition<_tacet_ledger_v1_ListTransfersRequest, _tacet_ledger_v1_ListTransfersRequest__Output>
        ListUsageRequest: MessageTypeDefinition<_tacet_ledger_v1_ListUsageRequest, _tacet_ledger_v1_ListUsageRequest__Output>
        Model: MessageTypeDefinition<_tacet_ledger_v1_Model, _tacet_ledger_v1_Model__Output>
        ModelPrices: MessageTypeDefinition<_tacet_ledger_v1_ModelPrices, _tacet_ledger_v1_ModelPrices__Output>
        OpenAccountRequest: MessageTypeDefinition<_tacet_ledger_v1_OpenAccountRequest, _tacet_ledger_v1_OpenAccountRequest__Output>
        OpenAccountResponse: MessageTypeDefinition<_tacet_ledger_v1_OpenAccountResponse, _tacet_ledger_v1_OpenAccountResponse__Output>
        OpenEdgeSessionRequest: MessageTypeDefinition<_tacet_ledger_v1_OpenEdgeSessionRequest, _tacet_ledger_v1_OpenEdgeSessionRequest__Output>
        OpenEdgeSessionResponse: MessageTypeDefinition<_tacet_ledger_v1_OpenEdgeSessionResponse, _tacet_ledger_v1_OpenEdgeSessionResponse__Output>
        Payments: MessageTypeDefinition<_tacet_ledger_v1_Payments, _tacet_ledger_v1_Payments__Output>
        PeriodUsage: MessageTypeDefinition<_tacet_ledger_v1_PeriodUsage, _tacet_ledger_v1_PeriodUsage__Output>
        Price: MessageTypeDefinition<_tacet_ledger_v1_Price, _tacet_ledger_v1_Price__Output>
        RefundTopUpRequest: MessageTypeDefinition<_tacet_ledger_v1_RefundTopUpRequest, _tacet_ledger_v1_RefundTopUpRequest__Output>
        RefundTopUpResponse: MessageTypeDefinition<_tacet_ledger_v1_RefundTopUpResponse, _tacet_ledger_v1_RefundTopUpResponse__Output>
        Refusal: EnumTypeDefinition
        RequestUsage: MessageTypeDefinition<_tacet_ledger_v1_RequestUsage, _tacet_ledger_v1_RequestUsage__Output>
        RetryDeadLettersRequest: MessageTypeDefinition<_tacet_ledger_v1_RetryDeadLettersRequest, _tacet_ledger_v1_RetryDeadLettersRequest__Output>
        RetryDeadLettersResponse: MessageTypeDefinition<_tacet_ledger_v1_RetryDeadLettersResponse, _tacet_ledger_v1_RetryDeadLettersResponse__Output>
        SetAutoTopUpRequest: MessageTypeDefinition<_tacet_ledger_v1_SetAutoTopUpRequest, _tacet_ledger_v1_SetAutoTopUpRequest__Output>
        SetLeaseRequest: MessageTypeDefinition<_tacet_ledger_v1_SetLeaseRequest, _tacet_ledger_v1_SetLeaseRequest__Output>
        SetLeaseResponse: MessageTypeDefinition<_tacet_ledger_v1_SetLeaseResponse, _tacet_ledger_v1_SetLeaseResponse__Output>
        SetOverdraftRequest: MessageTypeDefinition<_tacet_ledger_v1_SetOverdraftRequest, _tacet_ledger_v1_SetOverdraftRequest__Output>
        StatementLine: MessageTypeDefinition<_tacet_ledger_v1_StatementLine, _tacet_ledger_v1_StatementLine__Output>
        SuspendAccountRequest: MessageTypeDefinition<_tacet_ledger_v1_SuspendAccountRequest, _tacet_ledger_v1_SuspendAccountRequest__Output>
        Transfer: MessageTypeDefinition<_tacet_ledger_v1_Transfer, _tacet_ledger_v1_Transfer__Output>
        UsageRow: MessageTypeDefinition<_tacet_ledger_v1_UsageRow, _tacet_ledger_v1_UsageRow__Output>
      }
    }
    usage: {
      v1: {
        NoLogTotal: MessageTypeDefinition<_tacet_usage_v1_NoLogTotal, _tacet_usage_v1_NoLogTotal__Output>
        NoLogVersion: MessageTypeDefinition<_tacet_usage_v1_NoLogVersion, _tacet_usage_v1_NoLogVersion__Output>
        PartitionSeq: MessageTypeDefinition<_tacet_usage_v1_PartitionSeq, _tacet_usage_v1_PartitionSeq__Output>
      }
    }
  }
}

