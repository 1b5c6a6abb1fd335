/* contract_depthwise.c: convolutions in which every group has one channel in and one out. */
#include "kernel/contract.h"

void contract_lower_depthwise(Lowering *l, const ContractForm *form)
{
    NodeId node = form->kind == CONTRACT_FORWARD ? form->y : form->kind == CONTRACT_IMAGE ? form->x : form->w;
    contract_lower_plain(l, node);
}
